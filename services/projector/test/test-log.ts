import { MemoryLog } from '@steno/event-log/memory';
import type { ContentGiven, FixtureEvent } from '@steno/event-store/testing';
import { StreamFixture } from '@steno/event-store/testing';
import type { Topic } from '@steno/proto';
import { BatchWriter, CONTENT_PART_BYTES } from '@steno/sessions';

export const START = 1_795_000_000_000_000_000n;
export const MS = 1_000_000n;

/** A log in memory that takes what no committer would write. */
export class TestLog extends MemoryLog {
  /** A batch with these events. */
  async take(...events: readonly FixtureEvent[]): Promise<void> {
    const batch = new BatchWriter();
    for (const event of events) writeEvent(batch, event);
    await this.append(events[0]?.topic ?? 'data', batch.take());
  }

  async takeBatch(write: (batch: BatchWriter) => void, topic: Topic = 'data'): Promise<void> {
    const batch = new BatchWriter();
    write(batch);
    await this.append(topic, batch.take());
  }

  async takeBytes(bytes: Buffer, topic: Topic = 'data'): Promise<void> {
    await this.append(topic, {
      bytes,
      records: 0,
      streams: [],
      ends: [],
      notes: { opened: [], closed: [] },
    });
  }
}

/**
 * As a session's recorder does: what is short travels beside, what is long comes ahead in parts.
 */
export function writeEvent(batch: BatchWriter, event: FixtureEvent): void {
  const held = event.contents.flatMap((content, index) =>
    content.heldAt === undefined ? [{ ...content, index }] : [],
  );
  for (const content of held) {
    if (content.bytes.length > CONTENT_PART_BYTES) writeParts(batch, event, content);
  }
  const beside = held.filter(({ bytes }) => bytes.length <= CONTENT_PART_BYTES);
  batch.event(event.envelope.stream, event.raw, beside);
}

/** Parts of content that come ahead of the event. */
export function writeParts(
  batch: BatchWriter,
  { envelope }: FixtureEvent,
  { index, kind, bytes }: ContentGiven & { readonly index: number },
): void {
  const position = Number(envelope.position);
  for (let part = 0; part * CONTENT_PART_BYTES < bytes.length; part += 1) {
    const piece = bytes.subarray(part * CONTENT_PART_BYTES, (part + 1) * CONTENT_PART_BYTES);
    batch.part({ stream: envelope.stream, position, index, part, kind, bytes: piece });
  }
}

export const sessionId = (n: number): string =>
  `01a1ee56-5e00-7000-8000-${String(n).padStart(12, '0')}`;

/** A session of a few commands; the last event closes it. */
export function session(n: number, commands: number, startedAt = START): StreamFixture {
  const id = sessionId(n);
  const of = { identity: `bot-${n % 7}`, target: 'orders', startedAt };
  const stream = new StreamFixture(`session/${id}`, of);
  stream.append(
    { case: 'sessionOpened', value: { sessionId: id, protocol: 'postgres', database: 'shop' } },
    [{ kind: 'key', bytes: Buffer.alloc(60, n) }],
  );
  for (let at = 0; at < commands; at += 1) {
    stream.now += MS;
    const text = { kind: 'text', bytes: Buffer.from(`SELECT ${at} FROM session_${n}`) };
    const command = stream.append({ case: 'commandSubmitted', value: { kind: 'query' } }, [text]);
    stream.now += MS;
    const status = at % 5 === 4 ? 'error' : 'ok';
    stream.append(
      {
        case: 'responseCompleted',
        value: { command: BigInt(command), status, rows: BigInt(at), bytes: 10n, durationNs: MS },
      },
      [{ kind: 'output', bytes: Buffer.from(`D${at}`) }],
    );
  }
  stream.now += MS;
  stream.append({ case: 'sessionClosed', value: { reason: 'client-closed' } });
  return stream;
}
