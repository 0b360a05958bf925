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
  private changes: Change[] = [];
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

  /** Goes over so many of them. `change` is given each value and where its length stands. */
  each(count: number, change: (value: Buffer, index: number, at: number) => Changed): void {
    for (let index = 0; index < count; index += 1) {
      const start = this.at + this.before;
      if (start + LENGTH_BYTES > this.source.length) {
        this.isSound = false;
        return;
      }
      const length = this.source.readInt32BE(start);
      const from = start + LENGTH_BYTES;
      const end = from + Math.max(0, length);
      if (length < NULL_LENGTH || end > this.source.length) {
        this.isSound = false;
        return;
      }
      const by = length <= 0 ? undefined : change(this.source.subarray(from, end), index, start);
      if (by !== undefined) this.changes.push({ start, end, by });
      this.hasNewNull ||= by === null;
      this.at = end;
    }
  }

  /** The source with what was changed; undefined where nothing was. `room`: bytes before it. */
  rewritten(room = 0): Buffer | undefined {
    if (this.changes.length === 0) return undefined;
    let { length } = this.source;
    for (const { start, end, by } of this.changes) {
      length += LENGTH_BYTES + (by?.length ?? 0) - (end - start);
    }
    const rewritten = Buffer.allocUnsafe(room + length);
    let to = room;
    let from = 0;
    for (const { start, end, by } of this.changes) {
      to += this.source.copy(rewritten, to, from, start);
      to = rewritten.writeInt32BE(by?.length ?? NULL_LENGTH, to);
      to += by?.copy(rewritten, to) ?? 0;
      from = end;
    }
    this.source.copy(rewritten, to, from);
    return rewritten;
  }
}
