import { readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { READ_LIMITS } from './read-limits.js';

export type QueryName =
  | 'boot-events'
  | 'checkpoints'
  | 'content'
  | 'content-parts'
  | 'control-events-at'
  | 'dead-letters'
  | 'disks'
  | 'early-parts'
  | 'event-hashes'
  | 'facets'
  | 'gapped-sessions'
  | 'identities'
  | 'identity-activity'
  | 'identity-commands'
  | 'identity-proofs'
  | 'identity-targets'
  | 'instance-events'
  | 'last-heartbeats'
  | 'late-events'
  | 'lost-boots'
  | 'open-boots'
  | 'open-sessions'
  | 'range-rows'
  | 'session-commands'
  | 'session-density'
  | 'session-events'
  | 'session-events-at'
  | 'session-events-before'
  | 'session-failed-response'
  | 'session-idle'
  | 'session-marks'
  | 'session-openings'
  | 'session-output-pieces'
  | 'session-pending-commands'
  | 'session-position-at'
  | 'session-responses'
  | 'session-transaction-tags'
  | 'sessions'
  | 'sessions-commands'
  | 'sessions-since'
  | 'stream-heads'
  | 'topic-events'
  | 'topic-partitions'
  | 'troubles';

/** What every read needs. */
export interface StoreReader {
  readonly client: ClickHouseClient;
  readonly tenant: string;
  /** Ends the reads that are under way. */
  readonly signal?: AbortSignal;
}

/** ClickHouse binds these by name and type; nothing is ever put into the text of a query. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** One level up from src and from dist alike. */
const DIRECTORY = new URL('../queries/', import.meta.url);
const texts = new Map<QueryName, string>();

function queryText(name: QueryName): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`${name}.sql`, DIRECTORY), 'utf8');
  texts.set(name, text);
  return text;
}

async function run(reader: StoreReader, name: QueryName, parameters: QueryParameters) {
  return reader.client.query({
    query: queryText(name),
    format: 'JSONEachRow',
    query_params: { tenant: reader.tenant, ...parameters },
    ...(reader.signal === undefined ? {} : { abort_signal: reader.signal }),
    clickhouse_settings: {
      // Times in nanoseconds do not fit a number.
      output_format_json_quote_64bit_integers: 1,
      max_execution_time: READ_LIMITS.seconds,
      cancel_http_readonly_queries_on_client_close: 1,
    },
  });
}

/** All rows of a query whose result is small. 64-bit integers come as strings. */
export async function readRows<Row>(
  reader: StoreReader,
  name: QueryName,
  parameters: QueryParameters,
): Promise<Row[]> {
  const result = await run(reader, name, parameters);
  return result.json<Row>();
}

/** The rows of a query as they come; who stops early ends the query. */
export async function* streamRows<Row>(
  reader: StoreReader,
  name: QueryName,
  parameters: QueryParameters,
): AsyncGenerator<Row> {
  const result = await run(reader, name, parameters);
  for await (const rows of result.stream<Row>()) {
    for (const row of rows) yield row.json();
  }
}
