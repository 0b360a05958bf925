import { typeOfColumn } from '@steno/masking';
import type { ColumnName, ValueType } from '@steno/masking';
import type { Given } from '@steno/policy';
import { decodeRowDescription, isMalformed } from '@steno/wire-postgres';
import type { FieldDescription } from '@steno/wire-postgres';
import { nameOfColumn } from '../../../masking/masking.js';
import type { Masking } from '../../../masking/masking.js';
import type { FieldPlan } from './field-masker.js';
import { holdingOf } from './field-types.js';

/** By field; undefined: it is not looked at. */
export type RowPlan = readonly (FieldPlan | undefined)[];

/** What is known of a statement's rows besides. */
export interface Known {
  readonly columnAt: ColumnAt;
  /** Where each of its fields comes from. */
  readonly outputs: Given['outputs'];
}

/** The column of a table by their numbers; undefined where the catalog does not know it. */
export type ColumnAt = (tableOid: number, columnNumber: number) => ColumnName | undefined;

const BY_NAME_ALONE: readonly ValueType[] = ['password', 'person-name'];

/** What to do with each field of the rows that a RowDescription is of; undefined: it is none. */
export function planRow(
  description: Buffer,
  masking: Masking,
  { columnAt, outputs }: Known,
): RowPlan | undefined {
  const decoded = decodeRowDescription(description);
  if (isMalformed(decoded)) return undefined;
  const { fields } = decoded;
  const told = outputs?.length === fields.length ? outputs : undefined;
  return fields.map((field, index) => {
    const origins = isCounted(field) ? [] : (told?.[index] ?? []);
    return planField(field, [...namesOf(field, columnAt), ...origins], masking);
  });
}

/** A field as something else than a RowDescription tells of it. */
export interface ToldField {
  readonly names: readonly ColumnName[];
  /** 0: not known. */
  readonly typeOid: number;
}

/** Of which nothing is known. */
export const UNTOLD: ToldField = { names: [], typeOid: 0 };

export function planTold(
  { names, typeOid }: ToldField,
  masking: Masking,
  isBinary: boolean,
): FieldPlan {
  const telling = tellingOf(names);
  const whole = masking.wholeColumn(names);
  const token = telling === undefined ? 'column' : nameOfColumn(telling);
  const glance = masking.glanceAt(telling?.column);
  const { type } = glance;
  const ofType = type && masking.tokensOfBytes(type);
  return {
    typeOid,
    holding: holdingOf(typeOid),
    isBinary,
    name: telling?.column,
    whole,
    token,
    tokens: whole === undefined ? ofType : masking.tokensOfBytes(token, whole),
    glance,
    isComputed: true,
  };
}

function planField(
  { tableOid, typeOid, format }: FieldDescription,
  names: readonly ColumnName[],
  masking: Masking,
): FieldPlan | undefined {
  const plan = planTold({ names, typeOid }, masking, format === 1);
  const { holding } = plan;
  // Bare digits are nothing without a name that says so.
  const isSilent =
    masking.types.size === 0 ||
    holding === 'never' ||
    (holding === 'number' && plan.token === 'column');
  const isComputed = tableOid === 0;
  return plan.whole === undefined && isSilent ? undefined : { ...plan, isComputed };
}

/** The name that says most: one by which any value is masked, then one that says something. */
function tellingOf(names: readonly ColumnName[]): ColumnName | undefined {
  const isOf = (types: readonly unknown[]) => (name: ColumnName) =>
    types.includes(typeOfColumn(name.column));
  return (
    names.find(isOf(BY_NAME_ALONE)) ??
    names.find(({ column }) => typeOfColumn(column) !== undefined) ??
    names[0]
  );
}

/** A number that was computed: of the columns that it was computed from it tells little. */
function isCounted({ tableOid, typeOid }: FieldDescription): boolean {
  const holding = holdingOf(typeOid);
  return tableOid === 0 && (holding === 'number' || holding === 'never');
}

/** What it is where it comes from, and what the statement calls it. */
function namesOf(field: FieldDescription, columnAt: ColumnAt): readonly ColumnName[] {
  const called = { column: field.name };
  if (field.tableOid === 0) return [called];
  const origin = columnAt(field.tableOid, field.columnNumber);
  return origin === undefined ? [called] : [origin, called];
}
