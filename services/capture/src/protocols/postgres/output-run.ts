import type { ResponseRecord } from './response-record.js';

const NOTHING = Buffer.alloc(0);

/** Output that lies side by side, so that one copy keeps it. */
export class OutputRun {
  private source: Buffer = NOTHING;
  private start = 0;
  private end = 0;

  constructor(private readonly record: ResponseRecord) {}

  add(source: Buffer, start: number, end: number): void {
    if (source === this.source && start === this.end) {
      this.end = end;
      return;
    }
    this.keep();
    this.source = source;
    this.start = start;
    this.end = end;
  }

  /** Has what was added kept. */
  keep(): void {
    if (this.start < this.end) this.record.keep(this.source, this.start, this.end);
    this.source = NOTHING;
    this.start = 0;
    this.end = 0;
  }
}
