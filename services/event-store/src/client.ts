import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';

/** A ClickHouse server, embedded or not, and the database in it. */
export interface StoreOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

const MAX_CONNECTIONS = 16;
/** Longer than queries may run in ClickHouse, so that it is the one that ends them. */
const REQUEST_TIMEOUT_MS = 40_000;

export function makeStoreClient(options: StoreOptions): ClickHouseClient {
  return createClient({
    ...options,
    application: 'steno',
    max_open_connections: MAX_CONNECTIONS,
    request_timeout: REQUEST_TIMEOUT_MS,
    // Failures are thrown; its own reports would quote queries and their parameters.
    log: { level: ClickHouseLogLevel.OFF },
  });
}
