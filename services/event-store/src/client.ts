import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';

/** A ClickHouse server, embedded or not, and the database in it. */
export interface StoreOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly tls?: StoreTls | undefined;
  /** The cluster whose servers hold the tables; undefined: one server does. */
  readonly cluster?: string | undefined;
}

/** PEM texts. */
export interface StoreTls {
  /** Whom to trust; undefined: Node's own authorities. */
  readonly ca?: string | undefined;
  /** Who asks, for servers that want to know. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

const MAX_CONNECTIONS = 16;
/** Longer than queries may run in ClickHouse, so that it is the one that ends them. */
const REQUEST_TIMEOUT_MS = 40_000;

const CLUSTER_SETTINGS: ClickHouseSettings = {
  // An insert is through when each shard has its rows, and says so where one has not.
  distributed_foreground_insert: 1,
  // Subqueries see all shards, not each its own.
  distributed_product_mode: 'global',
  // One replica of each shard for everybody while it lives: who has written reads what it wrote.
  load_balancing: 'in_order',
  prefer_localhost_replica: 0,
  // Shorter than a request may take: the answer names the servers that have not done it.
  distributed_ddl_task_timeout: '30',
};

export function makeStoreClient(options: StoreOptions): ClickHouseClient {
  const { url, username, password, database, tls, cluster } = options;
  return createClient({
    url,
    username,
    password,
    database,
    ...(tls === undefined ? {} : trust(tls, password)),
    ...(cluster === undefined ? {} : { clickhouse_settings: CLUSTER_SETTINGS }),
    application: 'steno',
    max_open_connections: MAX_CONNECTIONS,
    request_timeout: REQUEST_TIMEOUT_MS,
    // Failures are thrown; its own reports would quote queries and their parameters.
    log: { level: ClickHouseLogLevel.OFF },
  });
}

function trust({ ca = rootCertificates.join('\n'), cert, key }: StoreTls, password: string) {
  if (cert === undefined || key === undefined) return { tls: { ca_cert: Buffer.from(ca) } };
  if (password === '') {
    return { tls: { ca_cert: Buffer.from(ca), cert: Buffer.from(cert), key: Buffer.from(key) } };
  }
  // Given a certificate, the client says that it stands for the user, and ClickHouse then takes no
  // password. This one only gets the connection accepted.
  const maxSockets = MAX_CONNECTIONS;
  return { http_agent: new Agent({ keepAlive: true, maxSockets, ca, cert, key }) };
}
