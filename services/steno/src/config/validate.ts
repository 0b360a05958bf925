import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearest } from './problem.js';
import type { KeyPath } from './problem.js';
import type { RawConfig } from './raw-config.js';
import { CONFIG_SCHEMA } from './schema.js';

/** A problem before its place in the file is known. */
export interface Finding {
  readonly path: KeyPath;
  readonly message: string;
  readonly allowed?: string;
  /** The name is wrong, not the value. */
  readonly atKey?: true;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function compile() {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });
  return ajv.compile<RawConfig>(CONFIG_SCHEMA);
}

/** Compiling takes longer than checking, and most commands read no file. */
let compiled: ReturnType<typeof compile> | undefined;

/** Checks the form of steno.yaml: names, types, patterns. */
export function validate(value: unknown): RawConfig | Finding[] {
  compiled ??= compile();
  const check = compiled;
  if (check(value)) return value;
  // A union says itself what it takes; what each branch misses would only confuse.
  const errors = (check.errors ?? []).filter(({ schemaPath }) => !schemaPath.includes('/anyOf/'));
  return errors.map(explain);
}

function explain(error: ErrorObject): Finding {
  const path = pathOf(error.instancePath);
  const schema = (error.parentSchema ?? {}) as Readonly<Record<string, unknown>>;
  const params = error.params as Readonly<Record<string, unknown>>;
  const description = typeof schema['description'] === 'string' ? schema['description'] : undefined;
  const allowed = description === undefined ? {} : { allowed: description };
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(path, String(params['additionalProperty']), schema);
    case 'required':
      return { path: [...path, String(params['missingProperty'])], message: 'is missing' };
    case 'type':
      return { path, message: `must be ${nameTypes(params['type'])}`, ...allowed };
    case 'enum':
      return { path, message: misfit(error.data, schema['enum']), ...allowed };
    case 'maxItems':
      return { path, message: `has more than ${String(params['limit'])} entries` };
    default:
      return { path, message: 'is not what may stand here', ...allowed };
  }
}

function unknownKey(
  path: KeyPath,
  name: string,
  schema: Readonly<Record<string, unknown>>,
): Finding {
  const known = Object.keys((schema['properties'] as object | undefined) ?? {});
  const guess = nearest(name, known);
  return {
    path: [...path, name],
    message: `is unknown${guess === undefined ? '' : `, did you mean ${guess}?`}`,
    allowed: known.join(', '),
    atKey: true,
  };
}

function misfit(value: unknown, allowed: unknown): string {
  if (typeof value !== 'string' || !Array.isArray(allowed)) return 'is not what may stand here';
  const guess = nearest(value, allowed.map(String));
  const found = JSON.stringify(value.slice(0, 40));
  return `is ${found}${guess === undefined ? '' : `, did you mean ${guess}?`}`;
}

function nameTypes(types: unknown): string {
  const names = Array.isArray(types) ? types.map(String) : [String(types)];
  return names.map((name) => TYPES[name] ?? name).join(' or ');
}

/** RFC 6901. */
function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
