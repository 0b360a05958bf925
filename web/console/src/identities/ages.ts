import type { IdentityView } from '@steno/proto';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** `3 d`, `4 h`, `12 min`, `8 s`: the largest unit alone. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, size] = UNITS.find(([, step]) => seconds >= step) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** How long a time is past, or that it is now. */
export function ago(time: string, now: number): string {
  const ms = now - Date.parse(time);
  return ms < 1000 ? 'just now' : `${formatAge(ms)} ago`;
}

/** How old its token was when it last opened a session; undefined: its token does not say. */
export function credentialAge({ credential }: IdentityView): string | undefined {
  if (credential?.issuedAt == null) return undefined;
  return formatAge(Date.parse(credential.usedAt) - Date.parse(credential.issuedAt));
}
