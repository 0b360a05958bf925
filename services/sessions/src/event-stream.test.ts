import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, EnvelopeSchema, StatementPreparedSchema } from '@steno/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchWriter } from './batch.js';
import { chainBreak, emptyHead, genesisHash, leafHash } from './chain.js';
import { systemClock } from './clock.js';
import { EventStream, generatedFacts } from './event-stream.js';
import type { Origin } from './event-stream.js';
import { commandSubmitted, encodeColumns, responseCompleted } from './hot-facts.js';
import { ProtoWriter } from './proto-writer.js';
import { NOTHING_CAME } from './session.js';

const STREAM = 'session/0199a5c0-0000-7000-8000-000000000001';

function origin(): Origin {
  return {
    installation: 'a1b2',
    tenant: 'default',
    instance: 'capture-1',
    boot: 'boot-1',
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: () => new Uint8Array([1, 2, 3]).slice(0, 0),
    sign: undefined,
  };
}

function written(batch: BatchWriter): { raw: Uint8Array; parts: number }[] {
  return fromBinary(BatchSchema, batch.take().bytes).records.map((record) => ({
    raw: record.raw,
    parts: record.contents.length,
  }));
}

describe('EventStream', () => {
  it('chains from the genesis hash and counts from 0', () => {
    const batch = new BatchWriter();
    const stream = new EventStream(origin(), STREAM, { identity: 'ci/deploy', target: 'orders' });
    const appended = [0, 1, 2].map(() => stream.append(batch, submitted('query'), []));
    const raws = written(batch).map(({ raw }) => raw);
    let head = emptyHead(STREAM);
    raws.forEach((raw, index) => {
      const envelope = fromBinary(EnvelopeSchema, raw);
      const previous = Buffer.from(envelope.previous).toString('hex');
      expect(chainBreak(head, Number(envelope.position), previous)).toBeUndefined();
      expect(envelope.emitted).toBe(BigInt(index + 1));
      head = { next: head.next + 1, hash: leafHash(raw) };
      expect(head.hash).toBe(appended[index]?.hash);
    });
    expect(stream.head).toEqual(head);
    expect(genesisHash(STREAM)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('writes the bytes that the generated code would write', () => {
    const numbers = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
    const hex = fc.constantFrom('', 'ab'.repeat(32));
    // Strings are written another way from 128 characters on, and where one is not ASCII.
    const aroundShort = fc
      .tuple(fc.integer({ min: 126, max: 129 }), fc.constantFrom('', 'é'))
      .map(([length, last]) => last.padStart(length, 'x'));
    const counted = fc.array(fc.tuple(aroundShort, fc.integer({ min: 1 })), { maxLength: 5 });
    const facts = fc.record({
      command: numbers,
      status: fc.constantFrom('ok' as const, 'error' as const),
      errorCode: fc.constantFrom('', '42601'),
      errorSeverity: fc.constantFrom('', 'ERROR'),
      rows: numbers,
      rowsAffected: numbers,
      bytes: numbers,
      durationNs: numbers,
      columnsLeftOut: fc.nat(3000),
      sha256: hex,
      hmac: hex,
      tags: fc
        .array(fc.oneof(fc.string(), aroundShort), { maxLength: 40 })
        .map((tags) => tags.filter((tag) => tag !== '')),
      outputKept: numbers,
      inputBytes: numbers,
      inputSha256: hex,
      inputHmac: hex,
      notices: fc.nat(),
      masked: counted,
      inputRedacted: counted,
      names: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 30 }),
    });
    fc.assert(
      fc.property(facts, ({ names, ...given }) => {
        const columns = encodeColumns(
          new ProtoWriter(16),
          names.map((name, type) => ({ name, type, format: 'text' as const })),
        );
        const batch = new BatchWriter();
        const stream = new EventStream(origin(), STREAM, { identity: 'é', target: 'orders' });
        stream.append(batch, responseCompleted({ ...NOTHING_CAME, ...given, columns }), [
          { kind: 'output', length: 300, commitment: '0f'.repeat(32) },
        ]);
        const raw = written(batch)[0]?.raw ?? new Uint8Array();
        const envelope = fromBinary(EnvelopeSchema, raw);
        expect(Buffer.from(toBinary(EnvelopeSchema, envelope)).equals(Buffer.from(raw))).toBe(true);
        const value = envelope.facts.value;
        expect(value).toMatchObject({ rows: BigInt(given.rows), tags: given.tags });
        expect(envelope.facts.case).toBe('responseCompleted');
      }),
    );
  });

  it('puts content beside raw only where its bytes are given', () => {
    const batch = new BatchWriter();
    const stream = new EventStream(origin(), STREAM, { identity: 'a', target: 'b' });
    const bytes = Buffer.from('SELECT 1');
    stream.append(batch, submitted('execute'), [
      { kind: 'text', length: 8, commitment: 'aa'.repeat(32), heldAt: 0 },
      { kind: 'binds', length: 8, commitment: 'bb'.repeat(32), bytes },
    ]);
    const record = fromBinary(BatchSchema, batch.take().bytes).records[0];
    expect(record?.contents).toMatchObject([{ index: 1, kind: 'binds' }]);
    expect(Buffer.from(record?.contents[0]?.bytes ?? []).toString()).toBe('SELECT 1');
    const envelope = fromBinary(EnvelopeSchema, record?.raw ?? new Uint8Array());
    expect(envelope.contents.map((content) => content.heldAtPlusOne)).toEqual([1n, 0n]);
  });

  it('refuses an envelope over 60 KiB as a bug of the caller', () => {
    const stream = new EventStream(origin(), STREAM, { identity: 'a', target: 'b' });
    const name = 'x'.repeat(61 * 1024);
    const facts = generatedFacts(
      'statementPrepared',
      StatementPreparedSchema,
      create(StatementPreparedSchema, { name }),
    );
    expect(() => stream.append(new BatchWriter(), facts, [])).toThrow(/envelope of/);
  });
});

function submitted(kind: string) {
  return commandSubmitted({
    kind,
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
