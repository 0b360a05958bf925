import type { SessionStatus } from '@steno/proto';
import type { Query } from '../api/client.js';
import { isClaim } from './claims.js';

export const STATUSES: readonly SessionStatus[] = [
  'complete',
  'open',
  'silent',
  'gapped',
  'failed',
];

export const RANGES = {
  '15m': { label: 'Last 15 minutes', ms: 15 * 60_000 },
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 86_400_000 },
  '7d': { label: 'Last 7 days', ms: 7 * 86_400_000 },
  '30d': { label: 'Last 30 days', ms: 30 * 86_400_000 },
} as const;

export type Range = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as Range[];

/** What the address of the session list says. `range` wins over `from` and `to`. */
export interface SessionsSearch {
  readonly identity?: readonly string[];
  readonly target?: readonly string[];
  readonly status?: readonly SessionStatus[];
  readonly range?: Range;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  /** As `name=value`; all of them. */
  readonly claim?: readonly string[];
}

type Raw = Readonly<Record<string, unknown>>;

/** Takes what is valid and forgets the rest, so an old or mistyped link still opens. */
export function validateSessionsSearch(raw: Raw): SessionsSearch {
  const statuses = listOf(raw['status']);
  const range = RANGE_NAMES.find((name) => name === raw['range']);
  const text = textOf(raw['text']);
  const search = {
    identity: orAbsent(listOf(raw['identity'])),
    target: orAbsent(listOf(raw['target'])),
    status: orAbsent(STATUSES.filter((status) => statuses.includes(status))),
    range,
    from: range === undefined ? timeOf(raw['from']) : undefined,
    to: range === undefined ? timeOf(raw['to']) : undefined,
    text: text === '' ? undefined : text,
    claim: orAbsent(claimsOf(raw['claim'])),
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** What the api is asked, at `now` milliseconds. */
export function queryOf(search: SessionsSearch, now: number): Query {
  const { range, from, to, ...rest } = search;
  if (range !== undefined) {
    return { ...rest, from: new Date(now - RANGES[range].ms).toISOString() };
  }
  return { ...rest, from, to };
}

export const isFiltered = (search: SessionsSearch): boolean => Object.keys(search).length > 0;

const mostValues = 50;
const longestText = 500;

function listOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return [...new Set(list.map(textOf))].filter((one) => one !== '').slice(0, mostValues);
}

function claimsOf(value: unknown): string[] {
  const list: unknown[] = [value].flat();
  return [...new Set(list.filter(isClaim))].slice(0, mostValues);
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, longestText) : '';

const orAbsent = <T>(list: readonly T[]): readonly T[] | undefined =>
  list.length === 0 ? undefined : list;

function timeOf(value: unknown): string | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
