/** A number in steno.yaml that has a unit, a default and bounds. */
export interface Quantity {
  readonly kind: 'size' | 'duration' | 'count' | 'days';
  readonly fallback: string | number;
  readonly min: string | number;
  readonly max: string | number;
  /** 0 is allowed below `min` and means that there is no limit. */
  readonly zeroIsNone?: true;
  readonly about: string;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export const SIZE_PATTERN = '^\\d{1,12}(\\.\\d{1,3})? ?(B|[KMGT]i?B)?$';
export const DURATION_PATTERN = '^(0|(\\d{1,12}(\\.\\d{1,3})?(ms|s|m|h|d))+)$';

/** @returns bytes of `64KiB`, `1.5 MB`, `4096`; undefined if it is no size */
export function parseSize(text: string | number): number | undefined {
  const match = new RegExp(SIZE_PATTERN).exec(String(text).trim());
  if (match === null) return undefined;
  const [number = '', unit = 'B'] = String(text).match(/[\d.]+|[A-Za-z]+/g) ?? [];
  return Math.round(Number(number) * (SIZE_UNITS[unit] ?? 1));
}

/** @returns milliseconds of `15m`, `1h30m`, `250ms`, `0`; undefined if it is no duration */
export function parseDuration(text: string | number): number | undefined {
  const trimmed = String(text).trim();
  if (!new RegExp(DURATION_PATTERN).test(trimmed)) return undefined;
  if (trimmed === '0') return 0;
  const parts = trimmed.matchAll(/([\d.]+)([a-z]+)/g);
  return [...parts].reduce(
    (sum, [, number = '', unit = '']) => sum + Number(number) * (DURATION_UNITS[unit] ?? 0),
    0,
  );
}

/** @returns bytes, milliseconds, a count or days; undefined where the text is no such quantity */
export function parseQuantity(kind: Quantity['kind'], text: string | number): number | undefined {
  switch (kind) {
    case 'size':
      return parseSize(text);
    case 'duration':
      return parseDuration(text);
    case 'count':
      return typeof text === 'number' && Number.isInteger(text) ? text : undefined;
    case 'days': {
      const days = (parseDuration(text) ?? Number.NaN) / 86_400_000;
      return Number.isInteger(days) ? days : undefined;
    }
  }
}

/** What may stand in steno.yaml, for the schema and for error messages. */
export function describeQuantity({ kind, min, max, zeroIsNone }: Quantity): string {
  const form = {
    size: 'a size like 64KiB or a number of bytes',
    duration: 'a duration like 15m or 1h30m',
    count: 'a whole number',
    days: 'a duration in whole days like 90d',
  }[kind];
  return `${form}, ${min} to ${max}${zeroIsNone ? ', or 0 for no limit' : ''}`;
}
