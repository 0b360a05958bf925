import type { IdentityState } from '@steno/proto';
import type { Query } from '../api/client.js';

export const STATES: readonly IdentityState[] = [
  'observed',
  'declared',
  'approved',
  'suspended',
  'revoked',
  'expired',
];

/** What the address of the inventory says. */
export interface IdentitiesSearch {
  readonly text?: string;
  readonly state?: readonly IdentityState[];
  readonly owner?: string;
}

const longestText = 500;

/** Takes what is valid and forgets the rest, so an old or mistyped link still opens. */
export function validateIdentitiesSearch(raw: Readonly<Record<string, unknown>>): IdentitiesSearch {
  const states: unknown[] = [raw['state']].flat();
  const state = STATES.filter((one) => states.includes(one));
  const text = textOf(raw['text']);
  const owner = textOf(raw['owner']);
  return {
    ...(text === '' ? {} : { text }),
    ...(state.length === 0 ? {} : { state }),
    ...(owner === '' ? {} : { owner }),
  };
}

export const isFiltered = (search: IdentitiesSearch): boolean => Object.keys(search).length > 0;

/** What the api is asked. */
export const queryOf = ({ text, state, owner }: IdentitiesSearch): Query => ({
  text,
  state,
  owner,
});

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, longestText) : '';
