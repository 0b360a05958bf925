import type { StoreReader } from '@steno/event-store';
import { CliError } from '../cli/errors.js';

type StoreClient = StoreReader['client'];

/** A query over all of a table may take its time; the rows come as they are found. */
const SECONDS_MAX = 3_600;

/** Values that ClickHouse binds by name and type. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Reads rows of the tables, each as texts in the order of the columns asked for. */
export class StoreTables {
  constructor(
    private readonly client: StoreClient,
    readonly database: string,
  ) {}

  /**
   * The rows as they come.
   *
   * @throws CliError `store-unavailable`
   */
  async *rows(query: string, parameters: Parameters = {}): AsyncGenerator<readonly string[]> {
    try {
      yield* this.stream(query, parameters);
    } catch (error) {
      throw new CliError('store-unavailable', error instanceof Error ? error.message : '');
    }
  }

  private async *stream(query: string, parameters: Parameters): AsyncGenerator<readonly string[]> {
    const result = await this.client.query({
      query,
      format: 'JSONCompactEachRow',
      query_params: parameters,
      clickhouse_settings: {
        max_execution_time: SECONDS_MAX,
        cancel_http_readonly_queries_on_client_close: 1,
        // Sums over a table that is read in its own order need no more than their group.
        optimize_aggregation_in_order: 1,
        optimize_read_in_order: 1,
      },
    });
    for await (const rows of result.stream<readonly string[]>()) {
      for (const row of rows) yield row.json();
    }
  }

  /** All rows of a query whose result is small. */
  async all(query: string, parameters: Parameters = {}): Promise<(readonly string[])[]> {
    const found: (readonly string[])[] = [];
    for await (const row of this.rows(query, parameters)) found.push(row);
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
