import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { create, ScalarType, toBinary, toJson } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { EnvelopeSchema, EVENT_TYPE } from '@steno/proto';
import { root, say } from './steps.mjs';

// npm run golden: writes proto/fixtures/<event.type>/v1.json and v1.hex for each event that has
// none. What is there is never written again, since such events stay in logs for ever. When a field
// was added, `npm run golden -- EVENT.TYPE FIELD` writes v1.FIELD.* beside them, with all fields.

/** @typedef {import('@bufbuild/protobuf').DescField} DescField */
/** @typedef {import('@bufbuild/protobuf').DescMessage} DescMessage */
/** @typedef {import('@bufbuild/protobuf/reflect').ReflectMessage} ReflectMessage */

/**
 * Texts that have one of a few values; the others say which field they are.
 *
 * @type {Record<string, string[]>}
 */
const choices = {
  'steno.v1.Column.format': ['text', 'binary'],
  'steno.v1.Decision.effect': ['hold'],
  'steno.v1.ResponseCompleted.status': ['error'],
};

/** The number of the first fact of each topic, in the `facts` of the envelope, from the last on. */
const topics = /** @type {const} */ ([
  [140, 'heartbeat'],
  [100, 'activity'],
  [60, 'control'],
  [20, 'session'],
]);

const boot = '0199a5c0-0000-7000-8000-00000000b007';
const session = '0199a5c0-0000-7000-8000-000000000001';
const occurredAt = 1_795_331_660_123_456_789n;

/** @param {number} seed */
const bytes = (seed) => Uint8Array.from({ length: 32 }, (_, index) => (seed * 16 + index) & 255);

/**
 * A value that no other field has and that is not the default.
 *
 * @param {DescField} field
 * @param {ScalarType} scalar
 * @param {number} index in a list
 */
function sample(field, scalar, index) {
  const number = field.number + 100 * index;
  switch (scalar) {
    case ScalarType.STRING: {
      const name = `${field.parent.typeName}.${field.name}`;
      const values = choices[name] ?? [`${field.name} é${index}`];
      return values[index % values.length];
    }
    case ScalarType.BYTES:
      return bytes(number);
    case ScalarType.BOOL:
      return true;
    case ScalarType.UINT32:
      return 100_000 + number;
    case ScalarType.UINT64:
      return 2n ** 40n + BigInt(number);
    case ScalarType.SFIXED64:
      return occurredAt + BigInt(number) * 1_000_000_000n;
    default:
      throw new Error(`no sample for the type of ${field.toString()}`);
  }
}

/**
 * Sets all fields, lists to two elements.
 *
 * @param {DescMessage} schema
 * @param {number} index
 * @returns {import('@bufbuild/protobuf').Message}
 */
function filled(schema, index) {
  const message = reflect(schema);
  for (const field of schema.fields) {
    if (field.fieldKind === 'scalar') message.set(field, sample(field, field.scalar, index));
    else if (field.fieldKind === 'message') message.set(field, reflected(field.message, index));
    else if (field.fieldKind === 'list' && field.listKind !== 'enum') {
      const list = message.get(field);
      for (const place of [0, 1]) {
        if (field.listKind === 'scalar') list.add(sample(field, field.scalar, place));
        else list.add(reflected(field.message, place));
      }
    } else throw new Error(`no sample for the kind of ${field.toString()}`);
  }
  return message.message;
}

/**
 * @param {DescMessage} schema
 * @param {number} index
 * @returns {ReflectMessage}
 */
const reflected = (schema, index) => reflect(schema, filled(schema, index));

/**
 * An event as its writer would append it, with all that its kind of stream has.
 *
 * @param {keyof typeof EVENT_TYPE} factsCase
 */
function goldenEvent(factsCase) {
  const field = EnvelopeSchema.field[factsCase];
  const [, topic = 'session'] = topics.find(([first]) => field.number >= first) ?? [];
  const isFirst = factsCase === 'sessionOpened' || factsCase === 'instanceStarted';
  const ofSession = topic === 'session';
  const envelope = create(EnvelopeSchema, {
    installation: 'b5e2a7c09d3f41e8',
    tenant: 'default',
    stream: ofSession ? `session/${session}` : `${topic}/capture-1/${boot}`,
    instance: 'capture-1',
    boot,
    identity: ofSession ? 'ci/déploy' : '',
    target: ofSession ? 'orders' : '',
    type: EVENT_TYPE[factsCase],
    version: 1,
    position: isFirst ? 0n : 41n,
    previous: bytes(1),
    occurredAt,
    recordedAt: occurredAt + 1_000n,
    emitted: 4_711n,
    contents: ofSession
      ? [
          { kind: 'text', length: 70_000n, commitment: bytes(2) },
          { kind: 'binds', length: 9n, commitment: bytes(3), heldAtPlusOne: isFirst ? 0n : 8n },
        ]
      : [],
  });
  if (isFirst) {
    const { attestation } = EnvelopeSchema.field;
    const { message } = attestation;
    if (message !== undefined) {
      reflect(EnvelopeSchema, envelope).set(attestation, reflected(message, 0));
    }
  }
  if (field.message === undefined) throw new Error(`${factsCase} is no message`);
  reflect(EnvelopeSchema, envelope).set(field, reflected(field.message, 0));
  return envelope;
}

/**
 * @param {string} [only] the type of one event
 * @param {string} [name]
 */
function main(only, name) {
  const stem = name === undefined ? 'v1' : `v1.${name}`;
  const cases = /** @type {(keyof typeof EVENT_TYPE)[]} */ (Object.keys(EVENT_TYPE));
  for (const factsCase of cases) {
    const type = EVENT_TYPE[factsCase];
    const folder = `${root}proto/fixtures/${type}`;
    if ((only !== undefined && only !== type) || existsSync(`${folder}/${stem}.hex`)) continue;
    const envelope = goldenEvent(factsCase);
    const json = JSON.stringify(toJson(EnvelopeSchema, envelope), undefined, 2);
    const hex = Buffer.from(toBinary(EnvelopeSchema, envelope)).toString('hex');
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/${stem}.json`, `${json}\n`);
    writeFileSync(`${folder}/${stem}.hex`, `${hex}\n`);
    say(`${type}/${stem}`);
  }
}

main(...process.argv.slice(2));
