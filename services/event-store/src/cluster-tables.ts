import type { SchemaTarget } from './schema-target.js';

/** Of the tables that hold the rows of one shard; the plain names read and write all of them. */
const LOCAL = '_local';

/**
 * By what the shard of a row is found. Rows that merge into one must meet: those of one session in
 * `sessions`, those of one partition in `checkpoints`. A stream stays together, as it is read
 * together. Nobody asks for one of the rest.
 */
const SHARDING_KEYS: Readonly<Record<string, string>> = {
  events: 'cityHash64(stream)',
  content: 'cityHash64(stream)',
  sessions: 'cityHash64(session_id)',
  forks: 'cityHash64(stream)',
  dead_letters: 'cityHash64(topic, log_partition, log_offset)',
  checkpoints: 'cityHash64(topic, log_partition)',
  schema_versions: 'cityHash64(version)',
};

/** A statement of schema/, at its table. */
const STATEMENT = /\b(CREATE TABLE IF NOT EXISTS|ALTER TABLE) \{database\}\.(\w+)\{suffix\}/;
const ENGINE = /\bENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/;
const WINDOW = /\bnon_replicated_(deduplication_window = \d+)/;
/** By default tokens are forgotten after an hour; a projector may be away for longer. */
const WINDOW_SECONDS = 365 * 24 * 60 * 60;

/** The table that holds rows: on a cluster that of a shard. */
export function storedTable(table: string, { database, suffix, cluster }: SchemaTarget): string {
  return `${database}.${table}${suffix}${cluster === undefined ? '' : LOCAL}`;
}

/** What makes a statement one for all servers of the cluster, if there is one. */
export function onCluster({ cluster }: Pick<SchemaTarget, 'cluster'>): string {
  return cluster === undefined ? '' : ` ON CLUSTER ${quoted(cluster, '`')}`;
}

/** The suffix of a table's name, the same for the two tables of a cluster. */
export function plainSuffix(suffix: string): string {
  return suffix.endsWith(LOCAL) ? suffix.slice(0, -LOCAL.length) : suffix;
}

/**
 * What a statement of schema/ is on a cluster: the same for the replicated tables of the shards,
 * and for the table that stands for all of them. Macros of the servers ({shard}, {replica}) stay.
 *
 * @param text with its placeholders
 */
export function clusterStatements(text: string, cluster: string): readonly string[] {
  const [statement, verb, table] = STATEMENT.exec(text) ?? [];
  if (statement === undefined || verb === undefined || table === undefined) {
    throw new Error(`this is not known to hold on a cluster: ${text.slice(0, 200)}`);
  }
  const plain = `${statement}${onCluster({ cluster })}`;
  const local = `${statement}${LOCAL}${onCluster({ cluster })}`;
  if (verb === 'ALTER TABLE') {
    const stored = text.replace(statement, local).replace(WINDOW, 'replicated_$1');
    // Settings are of tables that hold rows.
    return /\bMODIFY SETTING\b/.test(text) ? [stored] : [stored, text.replace(statement, plain)];
  }
  const key = SHARDING_KEYS[table];
  if (key === undefined) throw new Error(`SHARDING_KEYS lacks the table ${table}`);
  const name = `${table}{suffix}${LOCAL}`;
  const shard = `${quoted(cluster, "'")}, '{database}', '${name}', ${key}`;
  return [
    replicated(text.replace(statement, local), table),
    `${plain}\nAS {database}.${name}\nENGINE = Distributed(${shard})`,
  ];
}

function replicated(text: string, table: string): string {
  const place = `'/clickhouse/tables/{shard}/{database}/${table}{suffix}', '{replica}'`;
  return text
    .replace(ENGINE, (_, engine: string, given?: string) => {
      const more = given === undefined ? '' : `, ${given}`;
      return `ENGINE = Replicated${engine}(${place}${more})`;
    })
    .replace(WINDOW, `replicated_$1, replicated_deduplication_window_seconds = ${WINDOW_SECONDS}`);
}

function quoted(name: string, quote: string): string {
  return `${quote}${name.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`;
}
