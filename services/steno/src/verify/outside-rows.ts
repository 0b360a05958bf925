import { TOPICS } from '@steno/proto';
import type { ContentCompare } from './content-compare.js';
import type { LogSpan } from './log-pages.js';
import type { StoreTables } from './store-tables.js';
import type { Suspects } from './suspects.js';
import { topicOf } from './trust.js';

/** Rows that are looked at; more of them say the same. */
const ROWS_MAX = 10_000;

type Table = 'events' | 'content';

/** The last place that a table names, by topic and partition. */
export interface TableEnd {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Must be read before the ends of the log, so that what it names is in the log. */
export async function tableEnds(tables: StoreTables, table: Table): Promise<readonly TableEnd[]> {
  const rows = await tables.all(
    `SELECT topic, toString(log_partition), toString(max(log_offset))
      FROM ${tables.database}.${table} GROUP BY topic, log_partition LIMIT ${ROWS_MAX}`,
  );
  return rows.map(([topic = '', partition, offset]) => ({
    topic,
    partition: Number(partition),
    offset: Number(offset),
  }));
}

export interface OutsideRow {
  readonly topic: string;
  readonly stream: string;
  readonly position: number;
}

/** Rows that name a place which the log does not have: beyond its end, or in no topic of it. */
export async function outsideRows(
  tables: StoreTables,
  table: Table,
  { ends, spans }: { readonly ends: readonly TableEnd[]; readonly spans: readonly LogSpan[] },
): Promise<readonly OutsideRow[]> {
  const found: OutsideRow[] = [];
  for (const { topic, partition, offset } of ends) {
    const span = spans.find((one) => one.topic === topic && one.partition === partition);
    // Content belongs to sessions, and they are on one topic.
    const from = table === 'content' && topic !== 'data' ? 0 : (span?.until ?? 0);
    if (offset < from) continue;
    const rows = await tables.all(
      `SELECT stream, toString(position) FROM ${tables.database}.${table}
        WHERE topic = {topic:String} AND log_partition = {partition:UInt32}
          AND log_offset >= {from:UInt64} AND log_offset <= {offset:UInt64}
        ORDER BY stream, position LIMIT ${ROWS_MAX}`,
      { topic, partition, from, offset },
    );
    for (const [stream = '', position] of rows) {
      found.push({ topic, stream, position: Number(position) });
    }
  }
  return found;
}

/** Where both tables end; must be read before the ends of the log. */
export interface TablesEnd {
  readonly events: readonly TableEnd[];
  readonly content: readonly TableEnd[];
}

export async function endsOf(tables: StoreTables): Promise<TablesEnd> {
  return { events: await tableEnds(tables, 'events'), content: await tableEnds(tables, 'content') };
}

/** Rows that name a place which the log does not have are looked at as all other differences. */
export async function addOutsideRows(
  tables: StoreTables,
  at: { readonly ends: TablesEnd; readonly spans: readonly LogSpan[] },
  { suspects, content }: { readonly suspects: Suspects; readonly content: ContentCompare },
): Promise<void> {
  const { ends, spans } = at;
  for (const { stream, position } of await outsideRows(tables, 'events', {
    ends: ends.events,
    spans,
  })) {
    const topic = TOPICS.find((one) => one === topicOf(stream));
    suspects.add({ topic, stream, position, why: 'missing' });
  }
  const rows = await outsideRows(tables, 'content', { ends: ends.content, spans });
  for (const { stream, position } of rows) content.outside(stream, position);
}
