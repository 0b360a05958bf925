import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import type { DescMessage, JsonValue } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPE, EnvelopeSchema } from '../src/index.js';
import type { FactsCase } from '../src/index.js';

// Golden events are events as logs hold them for ever; `npm run golden` makes those of a new type.

const folder = fileURLToPath(new URL('../fixtures/', import.meta.url));

interface Golden {
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly hex: string;
  readonly json: JsonValue;
}

function goldenEvents(): Golden[] {
  return readdirSync(folder, { encoding: 'utf8', recursive: true }).flatMap((path) => {
    const [, type = '', version = ''] = /^([a-z.-]+)\/v(\d+)(?:\.[\w-]+)?\.hex$/.exec(path) ?? [];
    if (type === '') return [];
    const name = path.slice(0, -'.hex'.length);
    const read = (ending: string) => readFileSync(`${folder}${name}${ending}`, 'utf8');
    const json = JSON.parse(read('.json')) as JsonValue;
    return [{ name, type, version: Number(version), hex: read('.hex').trim(), json }];
  });
}

const golden = goldenEvents();
const decoded = ({ hex }: Golden) => fromBinary(EnvelopeSchema, Buffer.from(hex, 'hex'));

/** `message.field` for each field that is set in a message or in those inside it. */
function fieldsSet(message: ReflectMessage): string[] {
  return message.fields
    .filter((field) => message.isSet(field))
    .flatMap((field) => {
      const own = `${message.desc.typeName}.${field.name}`;
      if (field.fieldKind === 'message') return [own, ...fieldsSet(message.get(field))];
      if (field.fieldKind !== 'list' || field.listKind !== 'message') return [own];
      return [own, ...[...message.get(field)].flatMap((item) => fieldsSet(item as ReflectMessage))];
    });
}

/** The same for all the fields that a message can have. */
function fieldsOf(schema: DescMessage): string[] {
  return schema.fields.flatMap((field) => {
    const own = `${schema.typeName}.${field.name}`;
    return field.message === undefined ? [own] : [own, ...fieldsOf(field.message)];
  });
}

describe('golden events', () => {
  it('are pairs of v<version>[.<what>].hex and .json', () => {
    const files = readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`);
    expect(files.length).toBe(golden.length * 2);
  });

  it.each(golden)('$name: the bytes say what the JSON says', (one) => {
    expect(toJson(EnvelopeSchema, decoded(one))).toEqual(one.json);
  });

  it.each(golden)('$name: the JSON is written as the bytes', ({ json, hex }) => {
    const bytes = toBinary(EnvelopeSchema, fromJson(EnvelopeSchema, json));
    expect(Buffer.from(bytes).toString('hex')).toBe(hex);
  });

  it.each(golden)('$name is of the type and version that its name says', (one) => {
    const { type, version, facts } = decoded(one);
    expect({ type, version }).toEqual({ type: one.type, version: one.version });
    expect(facts.case === undefined ? undefined : EVENT_TYPE[facts.case]).toBe(one.type);
  });

  it.each(Object.entries(EVENT_TYPE))('of %s have every field somewhere', (factsCase, type) => {
    const messages = golden.filter((one) => one.type === type).map(decoded);
    const set = new Set(messages.flatMap((each) => fieldsSet(reflect(EnvelopeSchema, each))));
    const schema = EnvelopeSchema.field[factsCase as FactsCase].message;
    expect(fieldsOf(schema ?? EnvelopeSchema).filter((field) => !set.has(field))).toEqual([]);
  });

  it('have every field of the envelope somewhere', () => {
    const set = new Set(golden.flatMap((one) => fieldsSet(reflect(EnvelopeSchema, decoded(one)))));
    expect(fieldsOf(EnvelopeSchema).filter((field) => !set.has(field))).toEqual([]);
  });
});
