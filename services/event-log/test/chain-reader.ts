import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope, Topic } from '@steno/proto';
import { chainBreak, emptyHead, leafHash, readBatch } from '@steno/sessions';
import type { StreamHead } from '@steno/sessions';
import type { StoredRecord } from '@steno/sessions';
import type { EventLog, LogEntry } from '@steno/event-log';
import { commitmentTo } from './test-stream.js';

const READ_BYTES = 1024 * 1024;

/** The events of one stream as the log holds them, their chain checked. */
export interface ChainedStream {
  readonly head: StreamHead;
  /** By position. */
  readonly hashes: readonly string[];
  readonly types: readonly string[];
  /** Offset of the batch with the first event. */
  readonly offset: number;
}

/** Reads a topic as a verifier does: drops exact repeats, throws at all else that is wrong. */
export class ChainReader {
  readonly streams = new Map<string, ChainedStream>();
  repeats = 0;
  private next = 0;

  constructor(private readonly topic: Topic) {}

  /** Everything from where the last call ended. */
  async readOn(log: EventLog): Promise<void> {
    for (;;) {
      const from = { partition: 0, offset: this.next };
      const entries = await log.read(this.topic, from, READ_BYTES);
      const last = entries.at(-1);
      if (last === undefined) return;
      for (const entry of entries) this.take(entry);
      this.next = last.offset + 1;
    }
  }

  /** Streams of sessions that were opened and not closed, in no order. */
  open(): string[] {
    return [...this.streams]
      .filter(([, { types }]) => types[0] === 'session.opened' && !types.includes('session.closed'))
      .map(([stream]) => stream);
  }

  private take({ bytes, offset }: LogEntry): void {
    const records = readBatch(bytes);
    if ('malformed' in records) throw new Error(`torn batch at ${offset}: ${records.malformed}`);
    for (const record of records) {
      const { raw } = record;
      const envelope = fromBinary(EnvelopeSchema, raw);
      const { stream, type } = envelope;
      const position = Number(envelope.position);
      const hash = leafHash(raw);
      const known = this.streams.get(stream);
      const head = known?.head ?? emptyHead(stream);
      const broken = chainBreak(head, position, Buffer.from(envelope.previous).toString('hex'));
      if (broken === 'repeated' && known?.hashes[position] === hash) {
        this.repeats += 1;
        continue;
      }
      checkContent(envelope, record);
      if (broken !== undefined) throw new Error(`${broken} at ${stream}:${position} (${offset})`);
      this.streams.set(stream, {
        head: { next: position + 1, hash },
        hashes: [...(known?.hashes ?? []), hash],
        types: [...(known?.types ?? []), type],
        offset: known?.offset ?? offset,
      });
    }
  }
}

/** Content stands beside raw, outside of the chain: what covers it is the commitment in raw. */
function checkContent(envelope: Envelope, { contents }: StoredRecord): void {
  envelope.contents.forEach(({ length, commitment }, index) => {
    const bytes = contents.find((part) => part.index === index)?.bytes ?? new Uint8Array();
    const committed = Buffer.from(commitment).toString('hex');
    if (BigInt(bytes.length) !== length || commitmentTo(bytes) !== committed) {
      throw new Error(`changed content at ${envelope.stream}:${envelope.position}`);
    }
  });
}
