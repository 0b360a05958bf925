const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/** What a value becomes: undefined is as it was, null is no value. */
export type Changed = Buffer | null | undefined;

interface Change {
  /** Of its length and value in the source. */
  readonly start: number;
  readonly end: number;
  readonly by: Buffer | null;
}

/**
 * A run of values, each with its length before it: Int32(length or -1) Byte[length]; in records an
 * Int32(type) stands before the length. Each is looked at once, and what none changes is not
 * copied.
 */
export class Cells {
  /** False where a length leads out of the source. */
  isSound = true;
  /** Some value became none. */
  hasNewNull = false;
  private changes: Change[] | undefined;
  private at: number;

  constructor(
    private readonly source: Buffer,
    start: number,
    /** Bytes before each length. */
    private readonly before = 0,
  ) {
    this.at = start;
  }

  /** Where the next value would begin. */
  get end(): number {
    return this.at;
  }

  /**
   * Goes over so many of them. `change` is given each value and where its length stands; values
   * that `skips` says nothing changes are not cut out, which is most of what a field costs.
   */
  each(
    count: number,
    change: (value: Buffer, index: number, at: number) => Changed,
    skips?: (index: number) => boolean,
  ): void {
    const { source } = this;
    for (let index = 0; index < count; index += 1) {
      const start = this.at + this.before;
      const from = start + LENGTH_BYTES;
      const length = from > source.length ? NULL_LENGTH - 1 : source.readInt32BE(start);
      const end = from + Math.max(0, length);
      if (length < NULL_LENGTH || end > source.length) {
        this.isSound = false;
        return;
      }
      this.at = end;
      if (length <= 0 || skips?.(index) === true) continue;
      const by = change(source.subarray(from, end), index, start);
      if (by === undefined) continue;
      (this.changes ??= []).push({ start, end, by });
      this.hasNewNull ||= by === null;
    }
  }

  /** The source with what was changed; undefined where nothing was. `room`: bytes before it. */
  rewritten(room = 0): Buffer | undefined {
    const { changes } = this;
    if (changes === undefined) return undefined;
    let { length } = this.source;
    for (const { start, end, by } of changes) {
      length += LENGTH_BYTES + (by?.length ?? 0) - (end - start);
    }
    const rewritten = Buffer.allocUnsafe(room + length);
    let to = room;
    let from = 0;
    for (const { start, end, by } of changes) {
      to += this.source.copy(rewritten, to, from, start);
      to = rewritten.writeInt32BE(by?.length ?? NULL_LENGTH, to);
      to += by?.copy(rewritten, to) ?? 0;
      from = end;
    }
    this.source.copy(rewritten, to, from);
    return rewritten;
  }
}
