import type { ResponseRecord } from './response-record.js';

const NOTHING = Buffer.alloc(0);

/** Output that lies side by side in a chunk, so that one copy keeps it. */
export class OutputRun {
  private chunk: Buffer = NOTHING;
  private start = 0;
  private end = 0;

  constructor(private readonly record: ResponseRecord) {}

  begin(chunk: Buffer): void {
    this.chunk = chunk;
  }

  add(start: number, end: number): void {
    if (start === this.end && this.start !== this.end) {
      this.end = end;
      return;
    }
    this.keep();
    this.start = start;
    this.end = end;
  }

  /** Output that lies elsewhere, after all that was added. */
  addCopy(bytes: Buffer): void {
    this.keep();
    this.record.keep(bytes, 0, bytes.length);
  }

  /** Has what was added kept. */
  keep(): void {
    if (this.start === this.end) return;
    this.record.keep(this.chunk, this.start, this.end);
    this.start = 0;
    this.end = 0;
  }
}
