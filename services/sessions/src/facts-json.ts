import { ScalarType } from '@bufbuild/protobuf';
import type { DescField } from '@bufbuild/protobuf';
import { isReflectList, isReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { assert } from './invariant.js';
import { toRfc3339 } from './rfc3339.js';

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

/**
 * The facts of an event as JSON: names as in protobuf's own JSON form, numbers as numbers, bytes as
 * lower-case hex, sfixed64 (in this schema always a time) as RFC 3339. Empty strings, bytes, lists
 * and times are left out.
 */
export function factsJson(facts: Envelope['facts']): Readonly<Record<string, unknown>> {
  if (facts.case === undefined) return {};
  const { message } = EnvelopeSchema.field[facts.case];
  assert(message !== undefined, 'facts are messages');
  return messageJson(reflect(message, facts.value));
}

function messageJson(message: ReflectMessage): Record<string, Json> {
  const json: Record<string, Json> = {};
  for (const field of message.fields) {
    if (field.fieldKind === 'message' && !message.isSet(field)) continue;
    const value = fieldJson(field, message.get(field));
    if (value !== undefined) json[field.jsonName] = value;
  }
  return json;
}

function fieldJson(field: DescField, value: unknown): Json | undefined {
  if (isReflectMessage(value)) return messageJson(value);
  if (isReflectList(value)) {
    const items = [...value].map((item) =>
      isReflectMessage(item) ? messageJson(item) : scalarJson(field.scalar, item),
    );
    return items.length === 0 ? undefined : items.flatMap((item) => item ?? []);
  }
  return scalarJson(field.scalar, value);
}

function scalarJson(type: ScalarType | undefined, value: unknown): Json | undefined {
  if (value instanceof Uint8Array) {
    return value.length === 0 ? undefined : Buffer.from(value).toString('hex');
  }
  if (typeof value === 'bigint') {
    if (type !== ScalarType.SFIXED64) return Number(value);
    return value === 0n ? undefined : toRfc3339(value);
  }
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  assert(false, 'the event schema has no maps and no enums');
}
