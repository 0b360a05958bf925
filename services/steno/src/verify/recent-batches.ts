import type { LogEntry } from '@steno/event-log';

/** A batch that is appended again comes soon: its writer sends nothing newer before it. */
const BATCHES = 8;

/** The last batches of a topic, to tell one that was appended twice. */
export class RecentBatches {
  private batches: Buffer[] = [];

  /** Whether one of the last batches had the same bytes. Then takes it among them. */
  isRepeat({ bytes }: LogEntry, mayBe: boolean): boolean {
    const isRepeat = mayBe && this.batches.some((batch) => batch.equals(bytes));
    if (isRepeat) return true;
    this.batches.push(bytes);
    if (this.batches.length > BATCHES) this.batches.shift();
    return false;
  }
}
