import type { IdentitiesSearch } from './search.js';

let last: IdentitiesSearch = {};

/** The filters that the inventory was left with, for the way back to it. */
export const lastIdentitiesSearch = (): IdentitiesSearch => last;

export function rememberIdentitiesSearch(search: IdentitiesSearch): void {
  last = search;
}
