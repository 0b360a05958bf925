import { createHash } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { AccessViewedSchema, SessionOpenedSchema } from '@steno/proto';
import {
  BatchWriter,
  EventStream,
  commandSubmitted,
  generatedFacts,
  readBatch,
  sessionClosed,
  systemClock,
} from '@steno/sessions';
import type { EncodedBatch, Facts, Origin, StreamHead } from '@steno/sessions';
import type { LogEntry } from '@steno/event-log';

export function testOrigin(boot: string): Origin {
  return {
    installation: 'a1',
    tenant: 'default',
    instance: 'test-1',
    boot,
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: () => new Uint8Array(),
    sign: undefined,
  };
}

export function opened(): Facts {
  return generatedFacts('sessionOpened', SessionOpenedSchema, create(SessionOpenedSchema, {}));
}

export function submitted(): Facts {
  return commandSubmitted({
    kind: 'query',
    effect: 'allow',
    rule: 'default',
    policyVersion: '',
    approval: '',
    statementName: '',
    parameters: 0,
    traceparent: '',
    cause: '',
    redacted: [],
  });
}

export function closed(position: number): Facts {
  const nothing = { commands: 0, errors: 0, rows: 0, bytes: 0 };
  return sessionClosed(nothing, { reason: 'client-closed' }, position);
}

export function viewed(): Facts {
  return generatedFacts('accessViewed', AccessViewedSchema, create(AccessViewedSchema, {}));
}

/** Stands for the real one, which is keyed: whoever has the key finds changed content by it. */
export function commitmentTo(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A stream whose batches are events that carry a text, so that tests can name them. */
export class TestStream {
  private readonly stream: EventStream;

  constructor(
    readonly name: string,
    origin: Origin = testOrigin('boot-1'),
    head?: StreamHead,
  ) {
    this.stream = new EventStream(origin, name, { identity: 'test', target: '' }, head);
  }

  get head(): StreamHead {
    return this.stream.head;
  }

  append(batch: BatchWriter, text: string, facts: Facts = viewed()): void {
    const bytes = Buffer.from(text);
    const commitment = commitmentTo(bytes);
    this.stream.append(batch, facts, [{ kind: 'text', length: bytes.length, commitment, bytes }]);
  }

  /** A batch of one event for each text. */
  batch(...texts: readonly string[]): EncodedBatch {
    const writer = new BatchWriter();
    for (const text of texts) this.append(writer, text);
    return writer.take();
  }
}

/** Opens, or closes, sessions as a batch of a capture would. */
export function sessionBatch(
  text: string,
  notes: { readonly opened?: readonly string[]; readonly closed?: readonly string[] },
): EncodedBatch {
  const writer = new BatchWriter();
  for (const stream of notes.opened ?? []) writer.noteOpened(stream);
  for (const stream of notes.closed ?? []) writer.noteClosed(stream);
  new TestStream(`session/${text}`).append(writer, text, opened());
  return writer.take();
}

/** The texts that the events of these batches carry. */
export function textsOf(entries: readonly LogEntry[]): string[] {
  return entries.flatMap(({ bytes }) => {
    const records = readBatch(bytes);
    if ('malformed' in records) throw new Error(records.malformed);
    return records.map(({ contents }) => Buffer.from(contents[0]?.bytes ?? []).toString());
  });
}
