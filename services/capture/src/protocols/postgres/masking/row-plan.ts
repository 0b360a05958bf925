import { matchesColumn, typeOfColumn } from '@steno/masking';
import type { ColumnName, KeyNames } from '@steno/masking';
import type { Given } from '@steno/policy';
import { decodeRowDescription, isMalformed } from '@steno/wire-postgres';
import type { FieldDescription } from '@steno/wire-postgres';
import { nameOfColumn } from '../../../masking/masking.js';
import type { Masking } from '../../../masking/masking.js';
import type { FieldPlan } from './field-masker.js';
import { holdingOf, isCount } from './field-types.js';

/** By field; undefined: it is not looked at. */
export type RowPlan = readonly (FieldPlan | undefined)[];

/** What is known of a statement's rows besides. */
export interface Known {
  readonly columnAt: ColumnAt;
  /** Where each of its fields comes from; undefined where that cannot be told. */
  readonly outputs: Given['outputs'];
  /** Where any of them may come from then. */
  readonly anywhere: () => readonly ColumnName[];
}

/** The names of a table's column, by their numbers; none where the catalog does not know it. */
export type ColumnAt = (tableOid: number, columnNumber: number) => readonly ColumnName[];

/** What to do with each field of the rows that a RowDescription is of; undefined: it is none. */
export function planRow(
  description: Buffer,
  masking: Masking,
  { columnAt, outputs, anywhere }: Known,
): RowPlan | undefined {
  const decoded = decodeRowDescription(description);
  if (isMalformed(decoded)) return undefined;
  const { fields } = decoded;
  const told = outputs?.length === fields.length ? outputs : undefined;
  return fields.map((field, index) => {
    const origins = isCounted(field) ? [] : (told?.[index] ?? untold(field));
    return planField(field, [...namesOf(field, columnAt), ...origins], masking);
  });

  function untold({ tableOid }: FieldDescription): readonly ColumnName[] {
    return tableOid === 0 ? anywhere() : [];
  }
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
  const whole = masking.wholeColumn(names) ?? (names.some(isOfStatistics) ? 'null' : undefined);
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
    keys: keysOf(names, telling),
  };
}

/** Keys that are columns of tables say what they hold; others may hold what is to be masked. */
function keysOf(
  names: readonly ColumnName[],
  telling: ColumnName | undefined,
): KeyNames | undefined {
  if (telling === undefined || !isAnyValueOf(telling)) return undefined;
  const known = names.flatMap(({ table, column }) => (table === undefined ? [] : column));
  return { known: new Set(known), others: telling.column };
}

function isAnyValueOf({ column }: ColumnName): boolean {
  const type = typeOfColumn(column);
  return type === 'password' || type === 'person-name';
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
  return plan.whole === undefined && isSilent
    ? undefined
    : { ...plan, isComputed, keys: isComputed ? plan.keys : undefined };
}

/** The planner keeps values of all columns, by which table and number no name here says. */
const STATISTICS: readonly string[] = [
  'pg_catalog.pg_stats*.most_common_vals',
  'pg_catalog.pg_stats*.most_common_elems',
  'pg_catalog.pg_stats*.*histogram*',
  'pg_catalog.pg_statistic.stavalues?',
  'pg_catalog.pg_statistic_ext_data.stxd*',
];

function isOfStatistics(name: ColumnName): boolean {
  return name.table?.startsWith('pg_catalog.pg_stat') === true && matchesColumn(STATISTICS, name);
}

/** The name that says most: one by which any value is masked, then one that says something. */
function tellingOf(names: readonly ColumnName[]): ColumnName | undefined {
  return (
    names.find(isAnyValueOf) ??
    names.find(({ column }) => typeOfColumn(column) !== undefined) ??
    names[0]
  );
}

/** A number or a time that was computed. */
function isCounted({ tableOid, typeOid }: FieldDescription): boolean {
  return tableOid === 0 && isCount(typeOid);
}

/** What it is where it comes from, and what the statement calls it. */
function namesOf(field: FieldDescription, columnAt: ColumnAt): readonly ColumnName[] {
  const called = { column: field.name };
  if (field.tableOid === 0) return [called];
  return [...columnAt(field.tableOid, field.columnNumber), called];
}
