import { tokenTypes } from '@steno/masking';
import type { MaskCounts, TokenType } from '@steno/masking';
import type { Counted } from '@steno/sessions';

const NOTHING: Counted = [];

/** Counts the values that are masked, by type: for each of a row, so no names are looked up. */
export class MaskTally {
  /** By the place of the type in `tokenTypes`. */
  private readonly values = new Uint32Array(tokenTypes.length);
  private isEmpty = true;

  addAt(place: number, more = 1): void {
    this.values[place] = (this.values[place] as number) + more;
    this.isEmpty = false;
  }

  add(type: TokenType, more = 1): void {
    this.addAt(tokenTypes.indexOf(type), more);
  }

  addAll(counts: MaskCounts): void {
    for (const type in counts) this.add(type as TokenType, counts[type as TokenType]);
  }

  /** What was counted since it was asked last. */
  take(): Counted {
    if (this.isEmpty) return NOTHING;
    const counted = tokenTypes.map((type, place) => [type, this.values[place] as number] as const);
    this.values.fill(0);
    this.isEmpty = true;
    return counted.filter(([, values]) => values > 0);
  }
}
