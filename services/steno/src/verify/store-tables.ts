import type { StoreReader } from '@steno/event-store';
import { CliError } from '../cli/errors.js';

type StoreClient = StoreReader['client'];

/** A query over all of a table may take its time; the rows come as they are found. */
const SECONDS_MAX = 1_800;
const PROGRESS_MS = '15000';

/** Values that ClickHouse binds by name and type. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A row as texts, in the order of the columns asked for. */
export type TextRow = readonly string[];

/** Reads rows of the tables. */
export class StoreTables {
  constructor(
    private readonly client: StoreClient,
    readonly database: string,
  ) {}

  /**
   * The rows as they come, many at a time.
   *
   * @throws CliError `store-unavailable`
   */
  async *rows(query: string, parameters: Parameters = {}): AsyncGenerator<readonly TextRow[]> {
    try {
      yield* this.stream(query, parameters);
    } catch (error) {
      throw new CliError('store-unavailable', error instanceof Error ? error.message : '');
    }
  }

  private async *stream(query: string, parameters: Parameters): AsyncGenerator<readonly TextRow[]> {
    const result = await this.client.query({
      query,
      format: 'JSONCompactEachRow',
      query_params: parameters,
      clickhouse_settings: {
        max_execution_time: SECONDS_MAX,
        cancel_http_readonly_queries_on_client_close: 1,
        // A connection on which nothing is said for long is taken for dead.
        send_progress_in_http_headers: 1,
        http_headers_progress_interval_ms: PROGRESS_MS,
        // Sums over a table that is read in its own order need no more than their group.
        optimize_aggregation_in_order: 1,
        optimize_read_in_order: 1,
      },
    });
    for await (const rows of result.stream<TextRow>()) yield rows.map((row) => row.json());
  }

  /** All rows of a query whose result is small. */
  async all(query: string, parameters: Parameters = {}): Promise<TextRow[]> {
    const found: TextRow[] = [];
    for await (const rows of this.rows(query, parameters)) {
      for (const row of rows) found.push(row);
    }
    return found;
  }

  /** Whether the tables have been made. */
  async exist(): Promise<boolean> {
    const query = `SELECT toString(count()) FROM system.tables
      WHERE database = {database:String} AND name IN ('events', 'content', 'sessions', 'forks')`;
    const [row] = await this.all(query, { database: this.database });
    return row?.[0] === '4';
  }
}
