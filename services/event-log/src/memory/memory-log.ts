import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { shareAlone } from '../port.js';
import type {
  EventLog,
  LogCheckpoint,
  LogEntry,
  PartitionConsumer,
  UnfinishedStream,
} from '../port.js';

/** A log that ends with the process: for tests of what stands on the port. */
export class MemoryLog implements EventLog {
  private readonly entries = new Map<Topic, LogEntry[]>();
  private readonly open = new Map<string, number>();
  private readonly waiting = new Set<() => void>();

  async append(topic: Topic, batch: EncodedBatch): Promise<void> {
    const entries = this.of(topic);
    const offset = entries.length;
    entries.push({ topic, partition: 0, offset, bytes: Buffer.from(batch.bytes) });
    for (const stream of batch.notes.opened) this.open.set(stream, offset);
    for (const stream of batch.notes.closed) this.open.delete(stream);
    for (const wake of this.waiting) wake();
    return Promise.resolve();
  }

  read(
    topic: Topic,
    from: { partition: number; offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]> {
    const found: LogEntry[] = [];
    let bytes = 0;
    for (const entry of this.of(topic).slice(from.offset)) {
      if (found.length > 0 && bytes + entry.bytes.length > bytesMax) break;
      found.push(entry);
      bytes += entry.bytes.length;
    }
    return Promise.resolve(found);
  }

  async subscribe(
    topic: Topic,
    from: LogCheckpoint,
    handler: (entries: readonly LogEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let offset = from.get(0) ?? 0;
    while (!signal.aborted) {
      const entries = await this.read(topic, { partition: 0, offset }, 1024 * 1024);
      const last = entries.at(-1);
      if (last !== undefined) {
        await handler(entries);
        offset = last.offset + 1;
      } else if (!signal.aborted && this.of(topic).length <= offset) {
        // Asked again without a pause: what happened since the read wakes nobody.
        await this.more(signal);
      }
    }
  }

  share(
    topic: Topic,
    _group: string,
    consumer: PartitionConsumer,
    signal: AbortSignal,
  ): Promise<void> {
    return shareAlone(this, topic, consumer, signal);
  }

  end(topic: Topic): Promise<LogCheckpoint> {
    return Promise.resolve(new Map([[0, this.of(topic).length]]));
  }

  unfinished(): Promise<readonly UnfinishedStream[]> {
    const found = [...this.open].map(([stream, offset]) => ({ stream, partition: 0, offset }));
    return Promise.resolve(found);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private of(topic: Topic): LogEntry[] {
    const known = this.entries.get(topic) ?? [];
    this.entries.set(topic, known);
    return known;
  }

  private more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
