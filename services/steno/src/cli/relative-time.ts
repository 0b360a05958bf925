const STEPS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `3m ago` of an RFC 3339 time. */
export function ago(time: string, now: number): string {
  const age = now - Date.parse(time);
  if (Number.isNaN(age)) return '?';
  return age < 1000 ? 'now' : `${coarse(age)} ago`;
}

/** `250ms`, `1.5s`, `2m30s`, `1h02m` of milliseconds. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return `${hours}h${two(minutes)}m`;
  return minutes > 0 ? `${minutes}m${two(seconds % 60)}s` : `${seconds}s`;
}

function coarse(ms: number): string {
  const [unit, size] = STEPS.find(([, step]) => ms >= step) ?? ['s', 1000];
  return `${Math.floor(ms / size)}${unit}`;
}
