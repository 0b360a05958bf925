import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type { Decision, Envelope } from '@steno/proto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventColumns } from './event-columns.js';
import type { EventColumns, FactColumns, OpenedColumns } from './event-columns.js';

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 40 });
const name = text.filter((value) => value !== '');

const counted = fc.record({ type: text, count: fc.bigInt({ min: 0n, max: 2n ** 40n }) });
const counts = fc.array(counted, { maxLength: 3 });
const object = fc.record({ kind: text, name: text, access: text });
const statement = fc.record({ kind: text, objects: fc.array(object, { maxLength: 3 }) });

const facts = fc.oneof(
  fc.record({
    case: fc.constant('sessionOpened' as const),
    value: fc.record({
      issuer: text,
      subject: text,
      tokenExpiresAt: int64,
      endsWithToken: fc.boolean(),
      source: text,
      protocol: text,
      address: text,
      database: text,
      clientProgram: text,
      policyDigest: bytes,
      durability: text,
      origin: text,
      actors: fc.array(text, { maxLength: 3 }),
    }),
  }),
  fc.record({
    case: fc.constant('commandSubmitted' as const),
    value: fc.record({
      kind: text,
      statements: fc.array(statement, { maxLength: 3 }),
      decision: fc.record({
        effect: fc.constantFrom('allow', 'deny', 'hold', ''),
        rule: text,
        approval: fc.constantFrom('', 'a1'),
      }),
      parameters: fc.nat(),
      redacted: counts,
    }),
  }),
  fc.record({
    case: fc.constant('commandDecided' as const),
    value: fc.record({ command: uint64, outcome: text, actor: text, reason: text }),
  }),
  fc.record({
    case: fc.constant('statementPrepared' as const),
    value: fc.record({ name: text, redacted: counts }),
  }),
  fc.record({
    case: fc.constant('responseCompleted' as const),
    value: fc.record({
      command: uint64,
      status: text,
      error: fc.option(fc.record({ code: text, severity: text }), { nil: undefined }),
      rows: uint64,
      rowsAffected: uint64,
      bytes: uint64,
      durationNs: uint64,
      sha256: bytes,
      tags: fc.array(text, { maxLength: 3 }),
      masked: counts,
      inputRedacted: counts,
    }),
  }),
  fc.record({
    case: fc.constant('sessionClosed' as const),
    value: fc.record({ reason: text, detail: text, rows: uint64, finalPosition: uint64 }),
  }),
  fc.record({ case: fc.constant('gap' as const), value: fc.record({ reason: text }) }),
);

const content = fc.record({ kind: text, length: uint64, commitment: bytes });
const envelope = fc
  .record({
    installation: text,
    tenant: text,
    stream: name,
    instance: text,
    boot: text,
    identity: text,
    target: text,
    type: name,
    version: fc.nat({ max: 65_535 }),
    position: fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) }),
    previous: bytes,
    occurredAt: int64,
    recordedAt: int64,
    emitted: uint64,
    contents: fc.array(content, { maxLength: 3 }),
    facts,
  })
  .map((fields) => create(EnvelopeSchema, fields));

const NO_FACTS: FactColumns = {
  kind: '',
  command: 0n,
  status: '',
  errorCode: '',
  rows: 0n,
  bytes: 0n,
  durationNs: 0n,
  decision: '',
  masked: 0n,
  redacted: 0n,
};

const sum = (of: readonly { readonly count: bigint }[]) =>
  of.reduce((total, { count }) => total + count, 0n);

function factColumns(of: Envelope['facts']): FactColumns {
  switch (of.case) {
    case 'commandSubmitted':
      return {
        ...NO_FACTS,
        kind: of.value.kind,
        decision: decisionColumn(of.value.decision),
        redacted: sum(of.value.redacted),
      };
    case 'commandDecided':
      return { ...NO_FACTS, command: of.value.command };
    case 'statementPrepared':
      return { ...NO_FACTS, redacted: sum(of.value.redacted) };
    case 'responseCompleted': {
      const { command, status, error, rows, bytes: received, durationNs } = of.value;
      const errorCode = error?.code ?? '';
      const counted = { masked: sum(of.value.masked), redacted: sum(of.value.inputRedacted) };
      const plain = { command, status, errorCode, rows, bytes: received, durationNs };
      return { ...NO_FACTS, ...plain, ...counted };
    }
    case 'sessionClosed':
      return { ...NO_FACTS, status: of.value.reason };
    default:
      return NO_FACTS;
  }
}

function decisionColumn(decision: Decision | undefined): string {
  const { effect = '', approval = '' } = decision ?? {};
  return effect === 'allow' && approval !== '' ? 'approved' : effect;
}

function openedColumns(of: Envelope['facts']): OpenedColumns | undefined {
  if (of.case !== 'sessionOpened') return undefined;
  const { source, protocol, database, clientProgram, durability, origin } = of.value;
  return { source, protocol, database, clientProgram, durability, origin };
}

function columnsOf(one: Envelope): EventColumns {
  const { tenant, stream, previous, type, version, identity, target, instance, boot } = one;
  const { installation, emitted, occurredAt, recordedAt } = one;
  return {
    ...{ tenant, stream, previous, type, version, identity, target, instance, boot },
    ...{ installation, emitted, occurredAt, recordedAt, position: Number(one.position) },
    facts: factColumns(one.facts),
    opened: openedColumns(one.facts),
  };
}

function plain(columns: EventColumns): EventColumns {
  return { ...columns, previous: Uint8Array.from(columns.previous) };
}

describe('the columns of an event', () => {
  it('are what the generated decoder reads', () => {
    fc.assert(
      fc.property(envelope, (one) => {
        const columns = eventColumns(toBinary(EnvelopeSchema, one));
        if ('malformed' in columns) throw new Error(columns.malformed);
        expect(plain(columns)).toEqual(plain(columnsOf(one)));
      }),
      { numRuns: 500 },
    );
  });

  it('are not read from what is cut, unless there is nothing that the decoder would miss', () => {
    fc.assert(
      fc.property(envelope, fc.nat(), (one, at) => {
        const raw = toBinary(EnvelopeSchema, one);
        const cut = raw.subarray(0, at % raw.length);
        const columns = eventColumns(cut);
        if ('malformed' in columns) return;
        expect(plain(columns)).toEqual(plain(columnsOf(fromBinary(EnvelopeSchema, cut))));
      }),
      { numRuns: 1000 },
    );
  });

  it('are never read from noise by throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        eventColumns(noise);
      }),
      { numRuns: 1000 },
    );
  });

  it('need a stream, a type, and numbers that the columns can hold', () => {
    const good = { stream: 's', type: 't' };
    const read = (fields: object): EventColumns | { readonly malformed: string } =>
      eventColumns(toBinary(EnvelopeSchema, create(EnvelopeSchema, { ...good, ...fields })));
    expect(read({})).toMatchObject(good);
    expect(read({ stream: '' })).toHaveProperty('malformed');
    expect(read({ type: '' })).toHaveProperty('malformed');
    expect(read({ version: 65_536 })).toHaveProperty('malformed');
    expect(read({ position: 2n ** 53n })).toHaveProperty('malformed');
  });
});
