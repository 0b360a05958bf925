import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';

/** Digests of all that a command may change, by what it is. */
export type Fingerprint = ReadonlyMap<string, string>;

/** A row that was changed has another xmin. */
const rowsOf = (catalog: string, columns = 'oid, xmin') => `SELECT concat(count(*), ' ',
  sum(hashtextextended(concat_ws(',', ${columns}), 0))) FROM ${catalog} t`;

/** Tables that cases fill: reading another one could itself run what a case has laid into it. */
const DATA = "('things', 'journal', 'parts', 'copied', 'remote_marks')";

/** What the target says of itself, each part in one value. */
const PARTS: Readonly<Record<string, string>> = {
  rows: `SELECT string_agg(md5(query_to_xml('TABLE ' || oid::regclass, true, false, '')::text),
    ',' ORDER BY oid) FROM pg_class WHERE relname IN ${DATA} AND relkind = 'r'`,
  sequences: `SELECT string_agg(sequencename || coalesce(last_value, -1), ',' ORDER BY 1)
    FROM pg_sequences WHERE sequencename <> 'journal_id_seq'`,
  'large objects': rowsOf('pg_largeobject', 'loid, pageno, xmin'),
  relations: rowsOf('pg_class'),
  'planner numbers': `${rowsOf('pg_class', 'oid, reltuples, relallvisible')}
    WHERE oid >= 16384`,
  columns: `${rowsOf('pg_attribute', 'attrelid, attnum, xmin')} WHERE attrelid >= 16384`,
  functions: rowsOf('pg_proc'),
  types: rowsOf('pg_type'),
  schemas: rowsOf('pg_namespace'),
  operators: rowsOf('pg_operator'),
  casts: rowsOf('pg_cast'),
  rules: rowsOf('pg_rewrite'),
  triggers: rowsOf('pg_trigger'),
  policies: rowsOf('pg_policy'),
  constraints: rowsOf('pg_constraint'),
  comments: rowsOf('pg_description', 'objoid, classoid, objsubid, xmin'),
  extensions: rowsOf('pg_extension'),
  publications: rowsOf('pg_publication'),
  statistics: rowsOf('pg_statistic_ext'),
  'default privileges': rowsOf('pg_default_acl'),
  'event triggers': rowsOf('pg_event_trigger'),
  collations: rowsOf('pg_collation'),
  languages: rowsOf('pg_language'),
  servers: rowsOf('pg_foreign_server'),
  'settings kept': rowsOf('pg_db_role_setting', 'setdatabase, setrole, xmin'),
  'settings of the server': `SELECT md5(pg_read_file('postgresql.auto.conf'))`,
  databases: `${rowsOf('pg_database', 'datname, datallowconn, datconnlimit, datacl')}
    WHERE datname !~ '^world_'`,
  roles: rowsOf('pg_authid'),
  members: rowsOf('pg_auth_members'),
  'prepared transactions': `${rowsOf('pg_prepared_xacts', 'gid')}
    WHERE database = current_database()`,
  slots: rowsOf('pg_replication_slots', 'slot_name, restart_lsn'),
  origins: rowsOf('pg_replication_origin', 'roname'),
  'statistics of use': `SELECT stats_reset::text FROM pg_stat_database
    WHERE datname = current_database()`,
  locks: `SELECT count(*)::text FROM pg_locks l WHERE pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode NOT IN ('AccessShareLock', 'SIReadLock') AND granted`,
  wal: 'SELECT pg_current_wal_insert_lsn()::text',
  backends: `SELECT count(*)::text FROM pg_stat_activity
    WHERE application_name = 'bystander' AND datname = current_database()`,
};

const QUERY = `SELECT ${Object.values(PARTS)
  .map((part) => `(${part})`)
  .join(', ')}`;

/** `files`: the folder that cases write to. `watch`: a session of nobody's but the test's. */
export async function fingerprintOf(watch: pg.Client, files: string): Promise<Fingerprint> {
  const { rows } = await watch.query<(string | null)[]>({
    name: 'look',
    text: QUERY,
    rowMode: 'array',
  });
  const [values = []] = rows;
  const parts = Object.keys(PARTS).map((part, index): [string, string] => {
    return [part, values[index] ?? ''];
  });
  const written = readdirSync(files).map((name) => name + String(size(join(files, name))));
  return new Map([...parts, ['files', written.join(' ')]]);
}

function size(path: string): number {
  return readFileSync(path).length;
}

/** The parts that differ. */
export function changesBetween(before: Fingerprint, after: Fingerprint): readonly string[] {
  return [...before].filter(([part, value]) => after.get(part) !== value).map(([part]) => part);
}

/** What others may change at any time. */
export const RESTLESS: ReadonlySet<string> = new Set(['wal']);
