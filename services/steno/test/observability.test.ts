import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import { startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore } from '@steno/event-store';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, makeFolder, steno } from './command-line.js';
import { metricsInDeploy, metricsInDocs } from './metric-names.js';
import { Scrape } from './metrics.js';
import { until } from './processes.js';
import { RunningPart } from './running-part.js';
import type { PartReady } from './running-part.js';
import { errorOf } from './running-up.js';

const PREPARED_MAX = 16;
const PASSWORDS = { ORDERS_PASSWORD: 'of-the-target' };

const folder = makeFolder();
const config = join(folder.path, 'steno.yaml');
const running = new Set<RunningPart>();
let broker: EmbeddedKafka;
let store: EmbeddedStore;
let target: EmbeddedPostgres;
let capture: RunningPart;
const ready: Record<string, PartReady> = {};

function spawnPart(...args: readonly string[]): RunningPart {
  const env = { ...PASSWORDS, STORE_PASSWORD: store.password };
  const part = RunningPart.spawn(folder.path, [...args, '--json'], env);
  running.add(part);
  return part;
}

async function startPart(name: string): Promise<RunningPart> {
  const part = spawnPart(name, '--instance', `${name}-1`);
  ready[name] = await part.untilReady();
  return part;
}

function yaml(admin: string): string {
  return `data: ./data
keys: { root: ./keys.json }
log: { kafka: { brokers: ['${broker.brokers[0]}'], partitions: 2 } }
store: { url: '${store.url}', username: '${store.username}', password: 'env:STORE_PASSWORD' }
admin: { listen: ${admin} }
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0 } }
limits: { preparedStatements: ${PREPARED_MAX} }
targets:
  - name: orders
    protocol: postgres
    address: 127.0.0.1:${target.port}
    database: postgres
    credential: { username: app, password: env:ORDERS_PASSWORD }
`;
}

async function connect(password: string): Promise<pg.Client> {
  const port = Number(ready['capture']?.gateways?.postgres.split(':').at(-1));
  const client = new pg.Client({ host: '127.0.0.1', port, database: 'orders', password });
  client.on('error', () => undefined); // the test ends one session by a limit
  await client.connect();
  return client;
}

async function token(): Promise<string> {
  const { out } = await steno(['token', '--identity', 'ci/deploy', '--json', '--config', config]);
  return (lines(out)[0] as { token: string }).token;
}

const adminOf = (name: string): string => ready[name]?.admin ?? '';
const scrape = (name: string): Promise<Scrape> =>
  Scrape.of(name === 'api' ? (ready['api']?.web ?? '') : adminOf(name));

beforeAll(async () => {
  [broker, store, target] = await Promise.all([
    startKafka({ directory: join(folder.path, 'kafka') }),
    startEmbeddedStore({ directory: join(folder.path, 'store') }),
    startPostgres({
      directory: join(folder.path, 'postgres'),
      superuser: 'app',
      password: PASSWORDS.ORDERS_PASSWORD,
    }),
  ]);
  writeFileSync(config, yaml('127.0.0.1:0'));
  await steno(['keys', 'create', join(folder.path, 'keys.json')]);
  [capture] = await Promise.all([startPart('capture'), startPart('projector')]);
  await startPart('api');
});

afterAll(async () => {
  for (const part of running) part.kill('SIGKILL');
  await Promise.all([...running].map(({ exited }) => exited));
  await Promise.all([broker.stop(), store.stop(), target.stop()]);
  folder.remove();
});

describe('processes of an installation', () => {
  it('say how they are where the ready line says', async () => {
    for (const name of ['capture', 'projector']) {
      expect(adminOf(name)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await fetch(`${adminOf(name)}/healthz`)).status).toBe(200);
      await until(`${name} is ready`, async () => (await fetch(`${adminOf(name)}/readyz`)).ok);
    }
    expect(ready['api']).not.toHaveProperty('admin');
  });

  it('count what happens', async () => {
    const client = await connect(await token());
    for (let number = 0; number < 3; number += 1) await client.query('SELECT 1');
    expect((await scrape('capture')).value('steno_capture_sessions')).toBe(1);
    for (let number = 0; number < PREPARED_MAX; number += 1) {
      await client.query({ name: `number ${number}`, text: 'SELECT 1' });
    }
    const oneMore = client.query({ name: 'one more', text: 'SELECT 1' });
    await expect(oneMore).rejects.toThrow('STENO-4019');
    await client.end();
    await expect(connect('no token')).rejects.toThrow('STENO-2001');

    const captured = await until('the session has ended', async () => {
      const seen = await scrape('capture');
      return seen.value('steno_capture_sessions') === 0 ? seen : undefined;
    });
    expect(captured.value('steno_capture_sessions_total')).toBe(1);
    expect(captured.value('steno_capture_commands_total{decision="allow"}')).toBe(3 + PREPARED_MAX);
    const refused = 'steno_capture_refused_sessions_total{reason="token-refused"}';
    expect(captured.value(refused)).toBe(1);
    expect(captured.value('steno_limits_reached_total{limit="preparedStatements"}')).toBe(1);
    expect(captured.value('steno_log_append_seconds_count')).toBeGreaterThan(3);
    expect(captured.value('steno_spool_state{state="ok"}')).toBe(1);
    expect(captured.value('steno_spool_limit_bytes')).toBeGreaterThan(0);
    expect(captured.value('steno_capture_sessions_limit')).toBe(10_000);
    expect(captured.value('steno_control_age_limit_seconds')).toBeGreaterThan(0);

    await until('all is shipped and projected', async () => {
      const shipped = (await scrape('capture')).value('steno_spool_bytes') === 0;
      const projector = await scrape('projector');
      const lag = [0, 1].map((partition) =>
        projector.value(`steno_projector_lag_records{topic="data",partition="${partition}"}`),
      );
      const isDone = lag.every((records) => records === 0);
      return shipped && isDone && projector.value('steno_projector_lag_seconds') === 0;
    });
    const api = await scrape('api');
    expect(api.value('steno_instances{state="running"}')).toBe(3);
    expect(api.value('steno_instances{state="silent"}')).toBe(0);
    const projector = await scrape('projector');
    // Of the session alone: opened, closed, and two for each command.
    expect(projector.value('steno_projector_events_total')).toBeGreaterThan(2 * (3 + PREPARED_MAX));
    expect(projector.value('steno_projector_range_seconds_count')).toBeGreaterThan(0);
    expect(projector.value('steno_projector_dead_letters_total')).toBe(0);
    expect((await scrape('capture')).value('steno_spool_shipped_records_total')).toBeGreaterThan(1);
  });

  it('serve what docs/metrics.md and deploy/ name', async () => {
    await until('the api has counted a request', async () => {
      return (await scrape('api')).labelsOf('steno_api_requests_total').length > 0;
    });
    const served = new Map<string, { by: string; type: string; labels: readonly string[] }>();
    for (const by of ['capture', 'projector', 'api']) {
      const seen = await scrape(by);
      for (const [name, type] of seen.types) {
        if (!name.startsWith('steno_')) continue;
        served.set(name, { by, type, labels: seen.labelsOf(name) });
      }
      expect(seen.value('process_resident_memory_bytes')).toBeGreaterThan(0);
      expect([...seen.types.keys()]).toContain('nodejs_eventloop_lag_p99_seconds');
    }
    expect(served).toEqual(metricsInDocs());
    const unserved = metricsInDeploy().filter((name) => !served.has(name));
    expect(unserved).toEqual([]);
  });

  it('name admin.listen where another process has that address', async () => {
    writeFileSync(config, yaml(new URL(adminOf('capture')).host));
    const second = spawnPart('projector', '--instance', 'projector-2');
    expect((await second.exited).code).toBe(3);
    const { code, message } = errorOf(second.err);
    expect(code).toBe('STENO-1023');
    expect(message).toContain('admin.listen');
    expect(message).toContain('--admin HOST:PORT');
  });

  it('have an address of their own where they are given one', async () => {
    const second = spawnPart('projector', '--instance', 'projector-2', '--admin', '127.0.0.1:0');
    const { admin } = await second.untilReady();
    expect(admin).not.toBe(adminOf('capture'));
    expect((await fetch(`${admin}/healthz`)).status).toBe(200);
    const third = spawnPart('projector', '--instance', 'projector-3', '--admin', 'nowhere');
    expect((await third.exited).code).toBe(64);
    expect(third.err).toContain('host:port');
  });

  it('are not ready while they stop', async () => {
    const client = await connect(await token());
    await client.query('BEGIN');
    capture.kill('SIGTERM');
    const answer = await until('it is not ready', async () => {
      const seen = await fetch(`${adminOf('capture')}/readyz`);
      return seen.status === 503 ? seen : undefined;
    });
    expect(await answer.json()).toEqual({ status: 'unready', reasons: ['stopping'] });
    expect((await fetch(`${adminOf('capture')}/healthz`)).status).toBe(200);
    await client.end();
    expect((await capture.exited).code).toBe(0);
  });
});
