/** How a field of a type holds what may have to be masked. */
export type Holding =
  /** Any text may stand in its place. */
  | 'text'
  | 'json'
  /** JSON after a version byte, in binary format. */
  | 'jsonb'
  | 'bytes'
  /** Text parts in braces, of which each may be replaced but not all. */
  | 'array'
  | 'record'
  /** Made by somebody: what it is, its value shows. */
  | 'own'
  /** Its text is looked at, but only nothing can stand in its place. */
  | 'number'
  /** No value of it is sensitive by itself. */
  | 'never';

/** From here on types are not those of Postgres itself (FirstNormalObjectId). */
const FIRST_OWN = 16384;

// Numbers of pg_type.dat. Those that stand nowhere are `number`: looked at, and never replaced.
const HOLDINGS: Readonly<Record<Exclude<Holding, 'own' | 'number'>, readonly number[]>> = {
  // char, name, text, xml, unknown, bpchar, varchar, cstring
  text: [18, 19, 25, 142, 705, 1042, 1043, 2275],
  json: [114],
  jsonb: [3802],
  bytes: [17],
  // Of the same: xml, json, char, name, text, bpchar, varchar, cstring, jsonb, record
  array: [143, 199, 1002, 1003, 1009, 1014, 1015, 1263, 3807, 2287],
  record: [2249],
  // bool, int2, oid, tid, xid, cid, point … circle, float4, float8, money, macaddr, inet, cidr,
  // date, time, timestamp, timestamptz, interval, timetz, bit, varbit, void, pg_lsn, xid8
  never: [
    16, 21, 26, 27, 28, 29, 600, 601, 602, 603, 604, 628, 650, 700, 701, 718, 774, 790, 829, 869,
    1082, 1083, 1114, 1184, 1186, 1266, 1560, 1562, 2278, 3220, 5069,
  ],
};

const byOid = new Map<number, Holding>(
  Object.entries(HOLDINGS).flatMap(([holding, oids]) =>
    oids.map((oid): [number, Holding] => [oid, holding as Holding]),
  ),
);

/**
 * Truths, numbers and times: bool, int8, int2, int4, oid, float4, float8, numeric, date, time,
 * timestamp, timestamptz, interval, timetz.
 */
const COUNTED: ReadonlySet<number> = new Set([
  16, 20, 21, 23, 26, 700, 701, 1700, 1082, 1083, 1114, 1184, 1186, 1266,
]);

/** Of what it was computed from a value of the type tells little. */
export function isCount(oid: number): boolean {
  return COUNTED.has(oid);
}

/** `oid` 0: not known, which may be any. */
export function holdingOf(oid: number): Holding {
  if (oid === 0 || oid >= FIRST_OWN) return 'own';
  return byOid.get(oid) ?? 'number';
}
