import { create, fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema, SessionOpenedSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchWriter } from './batch.js';
import { readBatch } from './batch-reader.js';
import { emptyHead } from './chain.js';
import { systemClock } from './clock.js';
import { EventStream, generatedFacts } from './event-stream.js';
import type { Origin } from './event-stream.js';
import { commandSubmitted, responseCompleted } from './hot-facts.js';
import type { Facts } from './hot-facts.js';
import { NOTHING_CAME, decideClose, evolveSession, initialSession } from './session.js';
import type { SessionState } from './session.js';

const STREAM = 'session/0199a5c0-0000-7000-8000-000000000001';
const OF = { identity: 'ci/deploy', target: 'orders' };
const origin: Origin = {
  installation: 'a1',
  tenant: 'default',
  instance: 'capture-1',
  boot: 'boot-1',
  clock: systemClock(),
  counter: { emitted: 0 },
  attest: () => new Uint8Array(),
  sign: undefined,
};

const opened = generatedFacts('sessionOpened', SessionOpenedSchema, create(SessionOpenedSchema));
const submitted = commandSubmitted({
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

function completed(command: number, rows = 0, status: 'ok' | 'error' = 'ok'): Facts {
  return responseCompleted({ ...NOTHING_CAME, command, rows, bytes: rows * 10, status });
}

interface Event {
  readonly envelope: Envelope;
  readonly raw: Uint8Array;
}

function written(stream: EventStream, facts: readonly Facts[]): Event[] {
  const batch = new BatchWriter();
  for (const one of facts) stream.append(batch, one, []);
  const records = readBatch(batch.take().bytes);
  if ('malformed' in records) throw new Error(records.malformed);
  return records.map(({ raw }) => ({ raw, envelope: fromBinary(EnvelopeSchema, raw) }));
}

function given(...facts: readonly Facts[]): { state: SessionState; stream: EventStream } {
  const stream = new EventStream(origin, STREAM, OF);
  const state = written(stream, facts).reduce(evolveSession, initialSession(STREAM));
  return { state, stream };
}

/** The events that end a session, as they would stand in the log. */
function ended(state: SessionState, reason = 'process-lost'): Event[] {
  const writer = new EventStream(origin, STREAM, OF, state.head);
  return written(writer, decideClose(state, { reason, actor: 'operator', detail: 'why' }));
}

describe('a session', () => {
  it('is new before anything happened', () => {
    expect(initialSession(STREAM)).toMatchObject({ phase: 'new', head: emptyHead(STREAM) });
    expect(decideClose(initialSession(STREAM), { reason: 'drained' })).toEqual([]);
  });

  it('is open for somebody on something, with its head where the stream is', () => {
    const { state, stream } = given(opened);
    expect(state).toMatchObject({ phase: 'open', ...OF, head: stream.head, commands: 0 });
  });

  it('counts commands, errors, rows and bytes', () => {
    const { state } = given(
      opened,
      submitted,
      completed(1, 3),
      submitted,
      submitted,
      completed(3, 0, 'error'),
      completed(4, 5),
    );
    expect(state).toMatchObject({ commands: 3, errors: 1, rows: 8, bytes: 80, pending: [] });
  });

  it('keeps the commands that wait, whatever order they are answered in', () => {
    const { state } = given(opened, submitted, submitted, submitted, completed(2));
    expect(state.pending).toEqual([1, 3]);
  });

  it('changes nothing but its head by events that it does not know', () => {
    const before = given(opened, submitted).state;
    const { state, stream } = given(opened, submitted, {
      ...submitted,
      type: 'x.happened',
      write: () => undefined,
    });
    expect(state.head).toEqual(stream.head);
    expect({ ...state, head: before.head }).toEqual(before);
  });
});

describe('the end of a session', () => {
  it('answers each open command as cut, then says the totals and its own position', () => {
    const { state } = given(opened, submitted, completed(1, 3), submitted, submitted);
    const events = ended(state);
    expect(events.map(({ envelope }) => envelope.type)).toEqual([
      'response.completed',
      'response.completed',
      'session.closed',
    ]);
    const facts = events.map(({ envelope }) => envelope.facts);
    expect(facts[0]?.value).toMatchObject({ command: 3n, status: 'cut', rows: 0n });
    expect(facts[1]?.value).toMatchObject({ command: 4n, status: 'cut' });
    expect(facts[2]?.value).toMatchObject({
      reason: 'process-lost',
      actor: 'operator',
      detail: 'why',
      commands: 3n,
      errors: 0n,
      rows: 3n,
      bytes: 30n,
      finalPosition: 7n,
    });
    expect(events.at(-1)?.envelope.position).toBe(7n);
  });

  it('is said once: a closed session has nothing more to say', () => {
    const { state } = given(opened, submitted);
    const closed = ended(state).reduce(evolveSession, state);
    expect(closed).toMatchObject({ phase: 'closed', pending: [] });
    expect(decideClose(closed, { reason: 'again' })).toEqual([]);
  });

  it('agrees with what is there, whatever happened before', () => {
    const happening = fc.oneof(
      fc.constant('submit' as const),
      fc.record({ answer: fc.nat(5), rows: fc.nat(9), fails: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 20 }), (happenings) => {
        const stream = new EventStream(origin, STREAM, OF);
        let state = written(stream, [opened]).reduce(evolveSession, initialSession(STREAM));
        let rows = 0;
        let errors = 0;
        let commands = 0;
        for (const one of happenings) {
          let facts = submitted;
          if (one === 'submit') commands += 1;
          else {
            const command = state.pending[one.answer % Math.max(1, state.pending.length)];
            if (command === undefined) continue;
            facts = completed(command, one.rows, one.fails ? 'error' : 'ok');
            rows += one.rows;
            errors += one.fails ? 1 : 0;
          }
          state = written(stream, [facts]).reduce(evolveSession, state);
        }
        const open = state.pending.length;
        const events = ended(state);
        expect(events).toHaveLength(open + 1);
        const last = events.at(-1)?.envelope;
        expect(last?.facts.value).toMatchObject({
          commands: BigInt(commands),
          errors: BigInt(errors),
          rows: BigInt(rows),
          finalPosition: last?.position,
        });
      }),
    );
  });
});
