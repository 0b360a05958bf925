import type { SessionsSearch } from './search.js';

let last: SessionsSearch = {};

/** The filters that the list was left with, for the way back to it. */
export const lastSearch = (): SessionsSearch => last;

export function rememberSearch(search: SessionsSearch): void {
  last = search;
}
