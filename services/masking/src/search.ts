import { type NumberChain, numberChains } from './detectors/digit-groups.js';
import type { Finding, Layer } from './finding.js';
import { isInToken, isMasked } from './masked.js';
import type { ValueType } from './value-types.js';

/** One search through one text: what detectors read, and where they put what they find. */
export class Search {
  readonly text: string;
  readonly types: ReadonlySet<ValueType>;
  /** The column or key that the whole text stands under. */
  readonly column: string | undefined;
  readonly found: Finding[] = [];
  private chains: readonly NumberChain[] | undefined;

  constructor(text: string, types: ReadonlySet<ValueType>, column?: string) {
    this.text = text;
    this.types = types;
    this.column = column;
  }

  /** The numbers of the text, which several detectors start from. */
  get numbers(): readonly NumberChain[] {
    this.chains ??= numberChains(this.text);
    return this.chains;
  }

  wants(type: ValueType): boolean {
    return this.types.has(type);
  }

  /** Keeps a finding, unless its type is not asked for or it is masked already. */
  add(type: ValueType, start: number, end: number, layer?: Layer): void {
    if (start >= end || !this.types.has(type)) return;
    if (isMasked(this.text.slice(start, end)) || isInToken(this.text, start)) return;
    this.found.push(layer === undefined ? { type, start, end } : { type, start, end, layer });
  }

  /** What stands directly before a place, for words that say what it is. */
  before(at: number, length: number): string {
    return this.text.slice(Math.max(0, at - length), at);
  }
}
