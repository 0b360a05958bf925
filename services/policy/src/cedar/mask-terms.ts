import { isValueType, valueTypes } from '@steno/masking';
import type { ValueType } from '@steno/masking';

/** What stands in the place of a value, from the mildest to the strictest. */
const FORMS = ['shape', 'token', 'null'] as const;
export type MaskForm = (typeof FORMS)[number];

/** A pattern of names of columns, `email` or `users.*_mail`, whose values are masked whole. */
export interface MaskedColumns {
  readonly pattern: string;
  readonly form: MaskForm;
}

/** What is masked in all that a target says. */
export interface MaskTerms {
  readonly types: ReadonlyMap<ValueType, MaskForm>;
  readonly columns: readonly MaskedColumns[];
}

const TEXT = '@mask("types=all as=token columns=NAME,TABLE.NAME"), types or columns or both';
const PATTERN = /^[^\s,]{1,128}$/;
const COLUMNS_MAX = 100;

/** Reads the text of a `@mask`; or says what is wrong with it. */
export function readMaskTerms(text: string): MaskTerms | { readonly problem: string } {
  const given = new Map<string, string>();
  for (const part of text.split(/\s+/).filter((each) => each !== '')) {
    const [, key = '', value = ''] = /^(types|as|columns)=(.+)$/.exec(part) ?? [];
    if (key === '') return { problem: `${part} is not part of ${TEXT}` };
    if (given.has(key)) return { problem: `${key} is there twice` };
    given.set(key, value);
  }
  const form = FORMS.find((each) => each === (given.get('as') ?? 'token'));
  if (form === undefined) return { problem: `as is one of ${FORMS.join(', ')}` };
  const types = listOf(given.get('types'));
  const unknown = types.find((type) => type !== 'all' && !isValueType(type));
  if (unknown !== undefined) {
    return { problem: `${unknown} is not a type; there are all, ${valueTypes.join(', ')}` };
  }
  const columns = listOf(given.get('columns'));
  if (types.length + columns.length === 0) return { problem: `it masks nothing; write ${TEXT}` };
  if (columns.length > COLUMNS_MAX) return { problem: `more than ${COLUMNS_MAX} columns` };
  const wrong = columns.find((pattern) => !PATTERN.test(pattern));
  if (wrong !== undefined) return { problem: `"${wrong}" is not a pattern of columns` };
  const chosen = types.includes('all') ? valueTypes : types.filter(isValueType);
  return {
    types: new Map(chosen.map((type) => [type, form])),
    columns: columns.map((pattern) => ({ pattern, form })),
  };
}

/** All that either masks, in the stricter form. */
export function bothMasks(one: MaskTerms, other: MaskTerms): MaskTerms {
  if (masksAll(one, other)) return one;
  const types = new Map(one.types);
  for (const [type, form] of other.types) types.set(type, stricterForm(form, types.get(type)));
  const columns = new Map(one.columns.map(({ pattern, form }) => [pattern, form]));
  for (const { pattern, form } of other.columns) {
    columns.set(pattern, stricterForm(form, columns.get(pattern)));
  }
  return { types, columns: [...columns].map(([pattern, form]) => ({ pattern, form })) };
}

/** Whether the first masks all that the other does, as strictly. */
function masksAll(one: MaskTerms, other: MaskTerms): boolean {
  if (one === other) return true;
  const covers = (form: MaskForm, by: MaskForm | undefined) =>
    by !== undefined && stricterForm(by, form) === by;
  return (
    [...other.types].every(([type, form]) => covers(form, one.types.get(type))) &&
    other.columns.every(({ pattern, form }) =>
      one.columns.some((each) => each.pattern === pattern && covers(form, each.form)),
    )
  );
}

/** The stricter of two forms; of one, that one. */
export function stricterForm(one: MaskForm, other: MaskForm = 'shape'): MaskForm {
  return FORMS.indexOf(one) > FORMS.indexOf(other) ? one : other;
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',');
}
