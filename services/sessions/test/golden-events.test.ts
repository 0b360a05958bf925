import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AttestationSchema, BatchSchema, EnvelopeSchema } from '@steno/proto';
import type { CommandSubmitted, Envelope, ResponseCompleted } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import {
  BatchWriter,
  EventStream,
  ProtoWriter,
  commandSubmitted,
  encodeColumns,
  encodeStatements,
  generatedFacts,
  responseCompleted,
} from '../src/index.js';
import type { ContentNote, Counted, Facts, ResponseStatus } from '../src/index.js';

// What is written by hand for speed is held against the golden events of the schema, byte by byte.

const folder = fileURLToPath(new URL('../../../proto/fixtures/', import.meta.url));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function golden(type: string, stem = 'v1'): Envelope {
  const hex = readFileSync(`${folder}${type}/${stem}.hex`, 'utf8').trim();
  return fromBinary(EnvelopeSchema, Buffer.from(hex, 'hex'));
}

const noted = ({ kind, length, commitment, heldAtPlusOne }: Envelope['contents'][number]) => {
  const note: ContentNote = { kind, length: Number(length), commitment: hexOf(commitment) };
  return heldAtPlusOne === 0n ? note : { ...note, heldAt: Number(heldAtPlusOne) - 1 };
};

/** The bytes of an event that a stream appends, with everything but its facts as in `like`. */
function appended(like: Envelope, facts: Facts): string {
  const { installation, tenant, instance, boot, identity, target } = like;
  const { attestation = create(AttestationSchema) } = like;
  const origin = {
    installation,
    tenant,
    instance,
    boot,
    clock: () => like.recordedAt,
    counter: { emitted: Number(like.emitted) - 1 },
    attest: () => toBinary(AttestationSchema, attestation),
    sign: undefined,
  };
  const head = { next: Number(like.position), hash: hexOf(like.previous) };
  const stream = new EventStream(origin, like.stream, { identity, target }, head);
  const batch = new BatchWriter();
  stream.append(batch, facts, like.contents.map(noted), like.occurredAt);
  return hexOf(fromBinary(BatchSchema, batch.take().bytes).records[0]?.raw ?? new Uint8Array());
}

function factsByHand({ facts }: Envelope): Facts {
  if (facts.case === 'commandSubmitted') return submittedByHand(facts.value);
  if (facts.case === 'responseCompleted') return completedByHand(facts.value);
  throw new Error(`${facts.case} is not written by hand`);
}

function submittedByHand({ decision, statements, ...facts }: CommandSubmitted): Facts {
  const { bytes } = encodeStatements(new ProtoWriter(16), statements);
  return commandSubmitted({
    ...facts,
    effect: decision?.effect ?? '',
    rule: decision?.rule ?? '',
    policyVersion: decision?.policyVersion ?? '',
    approval: decision?.approval ?? '',
    redacted: counted(facts.redacted),
    statements: { bytes, leftOut: facts.statementsLeftOut },
  });
}

function counted(masked: ResponseCompleted['masked']): Counted {
  return masked.map(({ type, count }) => [type, Number(count)]);
}

function completedByHand(facts: ResponseCompleted): Facts {
  const columns = facts.columns.map(({ name, type, format }) => ({
    name,
    type,
    format: format === 'binary' ? ('binary' as const) : ('text' as const),
  }));
  return responseCompleted({
    command: Number(facts.command),
    status: facts.status as ResponseStatus,
    errorCode: facts.error?.code ?? '',
    errorSeverity: facts.error?.severity ?? '',
    rows: Number(facts.rows),
    rowsAffected: Number(facts.rowsAffected),
    bytes: Number(facts.bytes),
    durationNs: Number(facts.durationNs),
    columns: encodeColumns(new ProtoWriter(16), columns),
    columnsLeftOut: facts.columnsLeftOut,
    sha256: hexOf(facts.sha256),
    hmac: hexOf(facts.hmac),
    tags: facts.tags,
    outputKept: Number(facts.outputKept),
    inputBytes: Number(facts.inputBytes),
    inputSha256: hexOf(facts.inputSha256),
    inputHmac: hexOf(facts.inputHmac),
    notices: facts.notices,
    masked: counted(facts.masked),
    inputRedacted: counted(facts.inputRedacted),
  });
}

/** Without what the capture of today has nothing to say about. */
function sayable(envelope: Envelope): Envelope {
  const { facts } = envelope;
  if (facts.case === 'commandSubmitted' && facts.value.decision !== undefined) {
    facts.value.decision.obligations = [];
  }
  return envelope;
}

describe('golden events', () => {
  it.each(readdirSync(folder))('%s is appended by a stream to the byte', (type) => {
    const envelope = golden(type);
    const { facts } = envelope;
    if (facts.case === undefined) throw new Error('no facts');
    const schema = EnvelopeSchema.field[facts.case].message;
    if (schema === undefined) throw new Error('no message');
    const written = appended(envelope, generatedFacts(facts.case, schema, facts.value));
    expect(written).toBe(hexOf(toBinary(EnvelopeSchema, envelope)));
  });

  it.each([
    ['command.submitted', 'v1'],
    ['command.submitted', 'v1.statements_left_out'],
    ['response.completed', 'v1'],
  ])('%s/%s is written by hand alike', (type, stem) => {
    const envelope = sayable(golden(type, stem));
    const written = appended(envelope, factsByHand(envelope));
    expect(fromBinary(EnvelopeSchema, Buffer.from(written, 'hex'))).toEqual(envelope);
    expect(written).toBe(hexOf(toBinary(EnvelopeSchema, envelope)));
  });
});
