import { eventColumns } from '@steno/event-store';
import type { EventColumns, LogPlace } from '@steno/event-store';
import type { Topic } from '@steno/proto';
import { sessionIdOf } from '@steno/sessions';
import type { LogSpan } from './log-pages.js';
import type { StoreTables } from './store-tables.js';

interface Column {
  readonly name: string;
  readonly sql: string;
  readonly of: (columns: EventColumns) => string;
}

const text = (name: string, of: Column['of']): Column => ({ name, sql: name, of });
const number = (name: string, of: Column['of']): Column => ({ name, sql: `toString(${name})`, of });
const time = (name: string, of: Column['of']): Column => ({
  name,
  sql: `toString(toUnixTimestamp64Nano(${name}))`,
  of,
});

/** The plain columns of steno.events and what they must say by raw; `topic` is the log's. */
const DERIVED: readonly Column[] = [
  text('tenant', ({ tenant }) => tenant),
  text('stream', ({ stream }) => stream),
  text('session_id', ({ stream }) => sessionIdOf(stream) ?? ''),
  number('position', ({ position }) => String(position)),
  text('type', ({ type }) => type),
  number('version', ({ version }) => String(version)),
  text('identity', ({ identity }) => identity),
  text('target', ({ target }) => target),
  text('instance', ({ instance }) => instance),
  text('boot', ({ boot }) => boot),
  number('emitted', ({ emitted }) => String(emitted)),
  time('occurred_at', ({ occurredAt }) => String(occurredAt)),
  time('recorded_at', ({ recordedAt }) => String(recordedAt)),
  text('kind', ({ facts }) => facts.kind),
  number('command', ({ facts }) => String(facts.command)),
  text('status', ({ facts }) => facts.status),
  text('error_code', ({ facts }) => facts.errorCode),
  number('rows', ({ facts }) => String(facts.rows)),
  number('bytes', ({ facts }) => String(facts.bytes)),
  number('duration_ns', ({ facts }) => String(facts.durationNs)),
  text('decision', ({ facts }) => facts.decision),
  number('masked', ({ facts }) => String(facts.masked)),
  number('redacted', ({ facts }) => String(facts.redacted)),
];
const STREAM = DERIVED.findIndex(({ name }) => name === 'stream');
const POSITION = DERIVED.findIndex(({ name }) => name === 'position');

const COLUMNS = [
  'topic',
  'toString(log_partition)',
  'toString(log_offset)',
  'toString(log_index)',
  // Not the column `hash`: its definition can be changed.
  'lower(hex(SHA256(concat(char(0), raw))))',
  ...DERIVED.map(({ sql }) => sql),
].join(', ');
const DERIVED_AT = 5;

/** A row of steno.events: what its columns say, and the hash of what is in raw. */
export interface EventRow {
  readonly topic: string;
  readonly place: LogPlace;
  readonly hash: string;
  readonly stream: string;
  readonly position: number;
  readonly derived: readonly string[];
}

function toEventRow(row: readonly string[]): EventRow {
  const derived = row.slice(DERIVED_AT, DERIVED_AT + DERIVED.length);
  const [topic = '', partition, offset, index, hash = ''] = row;
  return {
    topic,
    place: { partition: Number(partition), offset: Number(offset), index: Number(index) },
    hash,
    stream: derived[STREAM] ?? '',
    position: Number(derived[POSITION]),
    derived,
  };
}

/** What the columns of a row say otherwise than raw does; undefined where they agree. */
export function columnFault(
  row: EventRow,
  columns: EventColumns,
  topic: Topic | undefined,
): string | undefined {
  const faults =
    topic === undefined || row.topic === topic ? [] : [said('topic', row.topic, topic)];
  for (const [index, { name, of }] of DERIVED.entries()) {
    const is = row.derived[index] ?? '';
    const should = of(columns);
    if (is !== should) faults.push(said(name, is, should));
  }
  return faults.length === 0 ? undefined : faults.slice(0, 3).join(', ');
}

function said(name: string, is: string, should: string): string {
  return `column ${name} says ${JSON.stringify(is)}, raw says ${JSON.stringify(should)}`;
}

/** The rows of a span of the log, in its order, many at a time. */
export async function* rowsOfSpan(
  tables: StoreTables,
  span: LogSpan,
): AsyncGenerator<readonly EventRow[]> {
  const { topic, partition, from, until } = span;
  const query = `SELECT ${COLUMNS} FROM ${tables.database}.events
    WHERE topic = {topic:String} AND log_partition = {partition:UInt32}
      AND log_offset >= {from:UInt64} AND log_offset < {until:UInt64}
    ORDER BY log_offset, log_index`;
  for await (const rows of tables.rows(query, { topic, partition, from, until })) {
    yield rows.map(toEventRow);
  }
}

/** A row with its bytes, and what they say. */
export interface WholeRow extends EventRow {
  readonly raw: Buffer;
  readonly columns: EventColumns | { readonly malformed: string };
}

/** The rows of some streams as their columns name them, by position; at most so many of each. */
export async function* rowsOfStreams(
  tables: StoreTables,
  streams: readonly string[],
  atMost: number,
): AsyncGenerator<WholeRow> {
  const query = `SELECT ${COLUMNS}, base64Encode(raw) FROM ${tables.database}.events
    WHERE stream IN {streams:Array(String)}
    ORDER BY stream, position, log_offset, log_index
    LIMIT {most:UInt64} BY stream`;
  for await (const rows of tables.rows(query, { streams, most: atMost })) {
    for (const row of rows) {
      const raw = Buffer.from(row.at(-1) ?? '', 'base64');
      yield { ...toEventRow(row), raw, columns: eventColumns(raw) };
    }
  }
}

export function isSamePlace(a: LogPlace, b: LogPlace): boolean {
  return a.partition === b.partition && a.offset === b.offset && a.index === b.index;
}

/** Below 0 where `a` stands before `b` in one partition. */
export function comparePlaces(a: LogPlace, b: LogPlace): number {
  return a.offset - b.offset || a.index - b.index;
}
