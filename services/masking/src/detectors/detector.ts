import type { Search } from '../search.js';
import type { ValueType } from '../value-types.js';

export interface Detector {
  /** Adds what it finds in a text; never throws, and takes time in proportion to the text. */
  readonly detect: (search: Search) => void;
  /** It can find something only where one of these clues was seen. */
  readonly clues: number;
  readonly types: readonly ValueType[];
}
