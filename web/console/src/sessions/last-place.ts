import type { SessionsSearch } from './search.js';

/** Where the list was left. */
interface Place {
  readonly search: SessionsSearch;
  readonly scrollTop: number;
}

let last: Place = { search: {}, scrollTop: 0 };

/** The filters that the list was left with, for the way back to it. */
export const lastSearch = (): SessionsSearch => last.search;

export function rememberPlace(place: Place): void {
  last = place;
}

/** How far down the list was left; from its top where its filters were others. */
export const lastScrollTop = (search: SessionsSearch): number =>
  JSON.stringify(search) === JSON.stringify(last.search) ? last.scrollTop : 0;
