export interface Piece {
  readonly t: number;
  readonly position: number;
  readonly ansi: Uint8Array;
}

/** Pieces that arrived and are not shown yet, in order of position. */
export class ChunkBuffer {
  #pieces: Piece[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
  }

  push(piece: Piece): void {
    this.#pieces.push(piece);
    this.#bytes += piece.ansi.length;
  }

  /** Takes what is due at t. */
  takeUntil(t: number): readonly Piece[] {
    // By position, so that what was recorded late never overtakes what stands before it.
    let count = 0;
    while (count < this.#pieces.length && (this.#pieces[count]?.t ?? Infinity) <= t) count += 1;
    if (count === 0) return [];
    const taken = this.#pieces.splice(0, count);
    for (const piece of taken) this.#bytes -= piece.ansi.length;
    return taken;
  }

  /**
   * Takes back the newest position, which may have arrived in part.
   *
   * @returns the newest piece that is left, or undefined where none would be: then nothing is
   * taken back
   */
  dropNewest(): Piece | undefined {
    const newest = this.#pieces.at(-1)?.position;
    const end = this.#pieces.findIndex((piece) => piece.position === newest);
    const left = this.#pieces[end - 1];
    if (left === undefined) return undefined;
    for (const piece of this.#pieces.splice(end)) this.#bytes -= piece.ansi.length;
    return left;
  }
}
