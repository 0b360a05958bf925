import { createHash } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { AccessViewedSchema } from '@steno/proto';
import { BatchWriter, EventStream, generatedFacts, systemClock } from '@steno/sessions';
import type { Origin } from '@steno/sessions';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogConflict } from '../port.js';
import { checkShared } from './stream-guard.js';
import type { CheckedBatch, SharedHead } from './stream-guard.js';

const STREAM = 'activity/api-1/boot-1';
const NOBODY = { identity: '', target: '' };
const origin: Origin = {
  installation: 'a1',
  tenant: 'default',
  instance: 'api-1',
  boot: 'boot-1',
  clock: systemClock(),
  counter: { emitted: 0 },
  attest: () => new Uint8Array(),
  sign: undefined,
};

function viewed(object: string) {
  return generatedFacts(
    'accessViewed',
    AccessViewedSchema,
    create(AccessViewedSchema, { action: 'view', object }),
  );
}

function batchOf(...streams: EventStream[]): Buffer {
  const writer = new BatchWriter();
  for (const stream of streams) stream.append(writer, viewed(`${stream.head.next}`), []);
  return writer.take().bytes;
}

let heads: Map<string, SharedHead>;
let stream: EventStream;

function check(bytes: Buffer): CheckedBatch {
  return checkShared(bytes, (name) => heads.get(name));
}

/** What the owner of the log does with a batch that may be appended. */
function append(bytes: Buffer): CheckedBatch {
  const checked = check(bytes);
  for (const [name, head] of checked.heads) heads.set(name, head);
  return checked;
}

beforeEach(() => {
  heads = new Map();
  stream = new EventStream(origin, STREAM, NOBODY);
});

describe('what another process appends', () => {
  it('follows the head of its stream, over batches and within them', () => {
    for (const count of [1, 3, 1]) {
      const batch = batchOf(...Array.from({ length: count }, () => stream));
      expect(append(batch).repeated).toBe(false);
      const sha256 = createHash('sha256').update(batch).digest('hex');
      expect(heads.get(STREAM)).toEqual({ ...stream.head, batch: sha256 });
    }
    expect(stream.head.next).toBe(5);
  });

  it('may be of several streams, each with its own head', () => {
    const other = new EventStream(origin, 'heartbeat/api-1/boot-1', NOBODY);
    append(batchOf(stream, other, stream, other));
    append(batchOf(other));
    expect(heads.get(STREAM)).toMatchObject(stream.head);
    expect(heads.get('heartbeat/api-1/boot-1')).toMatchObject({ next: 3 });
  });

  it('is no news when it is the last batch again, of however many events', () => {
    for (const batch of [batchOf(stream), batchOf(stream, stream, stream)]) {
      append(batch);
      expect(check(batch)).toEqual({ repeated: true, heads: new Map() });
      expect(check(batch).repeated).toBe(true);
    }
  });

  it('is no news when only its first stream is known by its sender', () => {
    const other = new EventStream(origin, 'heartbeat/api-1/boot-1', NOBODY);
    const batch = batchOf(stream, other);
    append(batch);
    expect(check(batch).repeated).toBe(true);
    append(batchOf(other));
    expect(check(batch).repeated).toBe(true);
  });

  it('is refused when it repeats what is older', () => {
    const old = batchOf(stream);
    append(old);
    append(batchOf(stream));
    expect(() => check(old)).toThrow(LogConflict);
  });

  it('is refused when it leaves a hole, and changes nothing', () => {
    append(batchOf(stream));
    batchOf(stream);
    const before = new Map(heads);
    expect(() => append(batchOf(stream))).toThrow(`${STREAM} is at 1, not at 2`);
    expect(heads).toEqual(before);
  });

  it('is refused when it contradicts what is there', () => {
    const fork = new EventStream(origin, STREAM, NOBODY);
    append(batchOf(stream));
    expect(() => check(batchOf(fork))).toThrow(LogConflict);
    const rightPlace = new EventStream(origin, STREAM, NOBODY, {
      next: 1,
      hash: 'ab'.repeat(32),
    });
    expect(() => check(batchOf(rightPlace))).toThrow(LogConflict);
    const rightHash = new EventStream(origin, STREAM, NOBODY, {
      next: 2,
      hash: heads.get(STREAM)?.hash ?? '',
    });
    expect(() => check(batchOf(rightHash))).toThrow(LogConflict);
  });

  it('is refused when its second event is wrong, though the first is right', () => {
    const first = batchOf(stream);
    const hole = batchOf(stream) && batchOf(stream);
    expect(() => check(Buffer.concat([first, hole]))).toThrow(LogConflict);
    expect(() => check(Buffer.concat([first, first]))).toThrow(LogConflict);
  });

  it('is refused for a session, whoever sends it', () => {
    const session = new EventStream(origin, 'session/0199a5c0-0000-7000-8000-000000000001', NOBODY);
    expect(() => check(batchOf(session))).toThrow('sessions are their capture’s alone');
    expect(() => check(batchOf(stream, session))).toThrow(LogConflict);
    const part = new BatchWriter();
    part.part({ stream: 's', position: 0, index: 0, part: 0, kind: 'text', bytes: Buffer.of(1) });
    expect(() => check(part.take().bytes)).toThrow(LogConflict);
  });

  it('is refused as a conflict, never by another error, whatever its bytes are', () => {
    const whole = batchOf(stream, stream);
    for (let size = 1; size < whole.length; size++) {
      const cut = whole.subarray(0, size);
      try {
        expect(check(cut).heads.get(STREAM)?.next).toBe(1);
      } catch (error) {
        expect(error).toBeInstanceOf(LogConflict);
      }
    }
    const garbled = fc.record({
      at: fc.nat(whole.length - 1),
      by: fc.uint8Array({ minLength: 1, maxLength: 9 }),
    });
    fc.assert(
      fc.property(garbled, ({ at, by }) => {
        const bytes = Buffer.from(whole);
        bytes.set(by.subarray(0, whole.length - at), at);
        try {
          check(bytes);
        } catch (error) {
          if (!(error instanceof LogConflict)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
