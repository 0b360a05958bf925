import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { makeStoreClient, migrate, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore } from '@steno/event-store';
import { RETENTION, TestStore } from './projected-store.js';

export const CLUSTER = 'test-cluster';
const PASSWORD = 'a password of the test cluster';
const SHARDS = 2;

/**
 * Two ClickHouse servers, a shard each, and an address that stands for both.
 *
 * The embedded server has neither Keeper nor the worker for ON CLUSTER nor a port between
 * replicas. So that address plays them: a statement ON CLUSTER is carried out by each server, with
 * engines that do not replicate. All else is the servers' own: Distributed tables, inserts over
 * shards, their tokens, subqueries.
 */
export class TestCluster {
  /** What came with ON CLUSTER. */
  readonly statements: string[] = [];
  private readonly clients: TestStore['client'][] = [];
  private databases = 0;

  private constructor(
    private readonly directory: string,
    private readonly servers: readonly EmbeddedStore[],
    private readonly front: Server,
  ) {
    front.on('request', (request, response) => {
      void this.answer(request).then(async (answer) => {
        response.writeHead(answer.status, [...answer.headers].flat().filter(isNoEncoding));
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
  }

  static async start(): Promise<TestCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'steno-cluster-'));
    const ports = await freePorts(SHARDS);
    const servers = await Promise.all(
      ports.map((_, shard) => startShard(join(directory, String(shard)), ports, shard)),
    );
    const front = createServer().listen(0, '127.0.0.1');
    await once(front, 'listening');
    return new TestCluster(directory, servers, front);
  }

  /** An empty store. */
  async store(retention = RETENTION): Promise<TestStore> {
    this.databases += 1;
    const database = `steno_${this.databases}`;
    await migrate(this.client('default'), database, retention, CLUSTER);
    return new TestStore(this.client(database), database);
  }

  /** A store of the first server alone. */
  async plainStore(): Promise<TestStore> {
    this.databases += 1;
    const database = `plain_${this.databases}`;
    const [server] = this.servers;
    if (server === undefined) throw new Error('no server');
    await migrate(this.client('default', server.url), database, RETENTION);
    return new TestStore(this.client(database, server.url), database);
  }

  /** What one server alone holds or is told. */
  shard(database: string, shard: number): TestStore {
    const server = this.servers[shard];
    if (server === undefined) throw new Error(`no shard ${shard}`);
    return new TestStore(this.client(database, server.url), database);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) await client.close();
    this.front.close();
    await Promise.all(this.servers.map((server) => server.stop()));
    await rm(this.directory, { recursive: true });
  }

  client(database: string, url?: string): TestStore['client'] {
    const client = makeStoreClient({
      url: url ?? `http://127.0.0.1:${portOf(this.front)}`,
      username: 'steno',
      password: PASSWORD,
      database,
      ...(url === undefined ? { cluster: CLUSTER } : {}),
    });
    this.clients.push(client);
    return client;
  }

  private async answer(request: IncomingMessage): Promise<Response> {
    const body = await buffer(request);
    const text = body.toString('latin1');
    const onCluster = ` ON CLUSTER \`${CLUSTER}\``;
    if (!text.includes(onCluster)) return this.forward(request, body, 0);
    this.statements.push(text);
    const alone = Buffer.from(withoutReplicas(text.replaceAll(onCluster, '')), 'latin1');
    for (let shard = 1; shard < SHARDS; shard += 1) {
      const answer = await this.forward(request, alone, shard);
      if (!answer.ok) return answer;
      await answer.arrayBuffer();
    }
    return this.forward(request, alone, 0);
  }

  private forward(request: IncomingMessage, body: Buffer, shard: number): Promise<Response> {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (name.startsWith('x-clickhouse') || name === 'authorization') {
        headers.set(name, String(value));
      }
    }
    const { method = 'GET', url = '/' } = request;
    const sent = method === 'GET' ? {} : { body: Uint8Array.from(body) };
    return fetch(`${this.servers[shard]?.url}${url}`, { method, headers, ...sent });
  }
}

function isNoEncoding(_: string, index: number, all: readonly string[]): boolean {
  const name = all[index - (index % 2)];
  return name !== 'content-encoding' && name !== 'transfer-encoding';
}

function withoutReplicas(text: string): string {
  return text
    .replace(/ENGINE = Replicated(\w+)\('[^']*', '\{replica\}'(?:, )?/, 'ENGINE = $1(')
    .replace(/replicated_deduplication_window_seconds = \d+, /, '')
    .replace(/\breplicated_deduplication_window /, 'non_replicated_deduplication_window ');
}

async function startShard(
  directory: string,
  ports: readonly number[],
  shard: number,
): Promise<EmbeddedStore> {
  await mkdir(join(directory, 'config.d'), { recursive: true });
  await mkdir(join(directory, 'users.d'));
  await writeFile(join(directory, 'password'), PASSWORD);
  await writeFile(join(directory, 'config.d', 'cluster.xml'), clusterConfig(ports, shard));
  await writeFile(join(directory, 'users.d', 'cluster.xml'), GRANTS);
  const server = await startEmbeddedStore({ directory });
  const { url, username, password } = server;
  const client = makeStoreClient({ url, username, password, database: 'default' });
  await client.command({ query: 'SYSTEM START LISTEN TCP' });
  await client.close();
  return server;
}

/** What docs/data.md asks for, and what the tests do besides. */
const GRANTS = `<clickhouse><users><steno><grants replace="1">
  <query>GRANT CREATE DATABASE, CREATE TABLE, DROP TABLE, ALTER, SELECT, INSERT ON *.*</query>
  <query>GRANT TABLE ENGINE ON *</query>
  <query>GRANT CLUSTER, REMOTE ON *.*</query>
  <query>GRANT SYSTEM LISTEN, TRUNCATE ON *.*</query>
</grants></steno></users></clickhouse>`;

function clusterConfig(ports: readonly number[], shard: number): string {
  const shards = ports.map(
    (port) => `<shard><internal_replication>true</internal_replication><replica>
      <host>127.0.0.1</host><port>${port}</port><user>steno</user><password>${PASSWORD}</password>
    </replica></shard>`,
  );
  return `<clickhouse>
  <tcp_port>${ports[shard]}</tcp_port>
  <macros><shard>${shard}</shard><replica>only</replica></macros>
  <remote_servers><${CLUSTER}>${shards.join('')}</${CLUSTER}></remote_servers>
</clickhouse>`;
}

/** All taken at the same time, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createTcpServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map(portOf);
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return ports;
}

function portOf(server: TcpServer): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
