import type { IdentityDetailView } from '@steno/proto';

/** What the dialog is filled with. */
export interface Declaration {
  readonly name: string;
  /** Empty: the first that is known. */
  readonly issuer: string;
  readonly owner: string;
  readonly team: string;
  readonly purpose: string;
  readonly environment: string;
  readonly subjectPattern: string;
  /** Days from now; `ever`: it does not expire; or the time that it was declared until. */
  readonly until: string;
}

const DAY_MS = 86_400_000;
const DAYS = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
];

/** For how long it may be declared. */
export function lifetimesOf(identity: IdentityDetailView | undefined, now: number) {
  const ever = { value: 'ever', label: 'Until it is revoked' };
  const until = stillGood(identity, now);
  if (until === undefined) return [ever, ...DAYS];
  const same = { value: until, label: `Until ${until.slice(0, 16).replace('T', ' ')} UTC, as now` };
  return [same, ever, ...DAYS];
}

/** Begun with what is known: what is left as it is, is said again. */
export function blankDeclaration(
  identity: IdentityDetailView | undefined,
  now: number,
): Declaration {
  // What another name declares is not said of this one.
  const own = identity?.through === undefined ? identity : undefined;
  return {
    name: identity?.identity ?? '',
    issuer: identity?.issuer ?? '',
    owner: own?.owner ?? '',
    team: own?.team ?? '',
    purpose: own?.purpose ?? '',
    environment: own?.environment ?? '',
    subjectPattern: own?.subjectPattern ?? '',
    until: stillGood(own, now) ?? 'ever',
  };
}

/** As the api takes it: what is empty is left out. */
export function bodyOf(declaration: Declaration, reason: string, now: number): object {
  const { issuer, subjectPattern, owner, team, purpose, environment, until } = declaration;
  const said = Object.entries({ issuer, subjectPattern, owner, team, purpose, environment })
    .map(([key, value]): [string, string] => [key, value.trim()])
    .filter(([, value]) => value !== '');
  return { ...Object.fromEntries(said), reason, ...expiry(until, now) };
}

function expiry(until: string, now: number): { readonly expiresAt?: string } {
  if (until === 'ever') return {};
  const isDays = /^\d+$/.test(until);
  return { expiresAt: isDays ? new Date(now + Number(until) * DAY_MS).toISOString() : until };
}

function stillGood(identity: IdentityDetailView | undefined, now: number): string | undefined {
  const at = identity?.expiresAt ?? undefined;
  return at !== undefined && Date.parse(at) > now ? at : undefined;
}
