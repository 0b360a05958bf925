import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import { startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore } from '@steno/event-store';
import type { InstanceView, SessionView } from '@steno/proto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, steno } from './command-line.js';
import { until } from './processes.js';
import { RunningPart } from './running-part.js';

/** Three heartbeats are missed before an instance is silent. */
const FILLER_BYTES = 32 * 1024;

let folder: string;
let broker: EmbeddedKafka;
let store: EmbeddedStore;
let target: EmbeddedPostgres;
let env: Readonly<Record<string, string>>;
const parts: RunningPart[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steno-kafka-'));
  const servers = await Promise.all([
    startKafka({ directory: join(folder, 'kafka') }),
    startEmbeddedStore({ directory: join(folder, 'clickhouse') }),
    startPostgres({ directory: join(folder, 'pg'), superuser: 'app', password: 'secret' }),
  ]);
  [broker, store, target] = servers;
  env = { STORE_PASSWORD: store.password, TARGET_PASSWORD: 'secret' };
  Object.assign(process.env, env);
  writeConfig(folder);
  expect((await verb('keys', 'create', 'installation.json')).code).toBe(0);
});

afterAll(async () => {
  for (const part of parts) part.kill('SIGKILL');
  await Promise.all([broker.stop(), store.stop(), target.stop()]);
  rmSync(folder, { recursive: true });
});

function writeConfig(at: string, more = ''): void {
  const text = `data: ./data
keys: { root: ${join(folder, 'installation.json')} }
log: { kafka: { brokers: ["${broker.brokers[0] ?? ''}"], partitions: 3 } }
store: { url: "${store.url}", username: ${store.username}, password: env:STORE_PASSWORD }
web: { listen: 127.0.0.1:0 }
admin: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0 } }
sessions: { drain: 1s }
targets:
  - name: orders
    protocol: postgres
    address: 127.0.0.1:${target.port}
    database: postgres
    credential: { username: app, password: env:TARGET_PASSWORD }
${more}`;
  writeFileSync(join(at, 'steno.yaml'), text);
}

async function start(
  name: 'capture' | 'projector' | 'api',
  instance: string,
  at = folder,
): Promise<RunningPart> {
  const part = await RunningPart.start(at, [name, '--instance', instance], env);
  parts.push(part);
  return part;
}

/** The one that was started last. */
function running(instance: string): RunningPart {
  const part = parts.findLast(({ ready }) => ready.instance === instance);
  if (part === undefined) throw new Error(`no ${instance} was started`);
  return part;
}

function verb(...args: readonly string[]) {
  return steno(args, { cwd: folder, env });
}

async function connect(capture: RunningPart, identity: string, at = folder): Promise<pg.Client> {
  const asking = ['token', '--identity', identity, '--config', 'steno.yaml'];
  const { out } = await steno(asking, { cwd: at, env });
  const client = new pg.Client({
    host: '127.0.0.1',
    port: capture.port,
    database: 'orders',
    user: 'anything',
    password: out.trim(),
  });
  client.on('error', () => undefined); // some end with their capture
  await client.connect();
  return client;
}

/** The session of an identity, once the api shows it so. */
function session(identity: string, status: SessionView['status']): Promise<SessionView> {
  return until(`the session of ${identity} is ${status}`, async () => {
    const args = ['--identity', identity, '--json', '--config', 'steno.yaml'];
    const { out } = await verb('sessions', ...args);
    const [found] = lines(out) as SessionView[];
    return found?.status === status ? found : undefined;
  });
}

/** Until these and no others are the reasons why a part should be given no work. */
async function untilUnready(part: RunningPart, reasons: readonly string[]): Promise<void> {
  const expected = reasons.length === 0 ? 'ready' : `unready: ${reasons.join(', ')}`;
  await until(`it is ${expected}`, async () => {
    const answer = await fetch(`${part.ready.admin ?? ''}/readyz`);
    if (answer.status === 200) return reasons.length === 0;
    const { reasons: said } = (await answer.json()) as { reasons: readonly string[] };
    return answer.status === 503 && said.join() === reasons.join();
  });
}

/** Sends commands until one is refused. */
async function refusalOf(client: pg.Client): Promise<unknown> {
  for (;;) {
    const text = randomBytes(FILLER_BYTES).toString('hex');
    const refusal = await client.query(`select length('${text}')`).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal !== undefined) return refusal;
  }
}

describe('the parts on a Kafka', () => {
  it('record through any capture, and are whole', async () => {
    const one = await start('capture', 'cap-1');
    const other = await start('capture', 'cap-2');
    await start('projector', 'pro-1');
    await start('api', 'api-1');
    for (const [index, capture] of [one, other].entries()) {
      const client = await connect(capture, `ci/job-${index}`);
      await client.query(`select ${index}`);
      await client.end();
      expect(await session(`ci/job-${index}`, 'complete')).toMatchObject({ commands: 1 });
    }
    const { code, out } = await verb('verify', '--config', 'steno.yaml', '--json');
    expect(out).toContain('"verdict":"whole"');
    expect(code).toBe(0);
  });

  it('of one name are one', async () => {
    await expect(start('capture', 'cap-1')).rejects.toThrow('STENO-1031');
  });

  it('tell of a capture that was killed, and close its sessions when it is back', async () => {
    const killed = running('cap-1');
    const client = await connect(killed, 'ci/cut');
    await client.query('select 1');
    await session('ci/cut', 'open');
    killed.kill('SIGKILL');
    await killed.exited;
    expect(await session('ci/cut', 'silent')).toMatchObject({ endedAt: null });
    await start('capture', 'cap-1');
    expect(await session('ci/cut', 'failed')).toMatchObject({ reason: 'process-lost' });
  });

  it('take nothing that they could not keep, while Kafka is away', async () => {
    const at = join(folder, 'tight');
    mkdirSync(at);
    writeConfig(at, 'limits: { spool: 1MiB }\ncontrol: { maxStaleness: 4s }\n');
    const tight = await start('capture', 'cap-tight', at);
    await untilUnready(tight, []);
    const client = await connect(tight, 'ci/tight', at);
    broker.kill('SIGKILL');
    await broker.exited;

    await untilUnready(tight, ['control-stale']);
    await expect(connect(tight, 'ci/late', at)).rejects.toMatchObject({
      code: '57P03',
      message: expect.stringContaining('STENO-4028'),
    });
    // A session that runs goes on for as long as there is room.
    expect(await refusalOf(client)).toMatchObject({
      code: '58030',
      message: expect.stringContaining('STENO-4013'),
    });
    await untilUnready(tight, ['backlog-critical', 'control-stale']);
    await expect(connect(tight, 'ci/late', at)).rejects.toMatchObject({
      code: '53100',
      message: expect.stringContaining('STENO-4027'),
    });
  });

  it('record while Kafka is away, after a start as well', async () => {
    const killed = running('cap-1');
    const before = await connect(killed, 'ci/away');
    await before.query('select 1');
    killed.kill('SIGKILL');
    await killed.exited;
    const restarted = await start('capture', 'cap-1');
    expect(restarted.err).toContain('started without the log');
    const client = await connect(restarted, 'ci/restarted');
    await client.query('select 2');
    await client.end();
  });

  it('go on when Kafka is back', async () => {
    const port = Number(broker.brokers[0]?.split(':').at(-1));
    broker = await startKafka({ directory: join(folder, 'kafka'), port });
    expect(await session('ci/away', 'failed')).toMatchObject({ commands: 1 });
    expect(await session('ci/restarted', 'complete')).toMatchObject({ commands: 1 });
    const tight = running('cap-tight');
    // What was kept in memory has found its way through the spool, which is as small as it.
    expect(await session('ci/tight', 'failed')).toMatchObject({ reason: 'log-failed' });
    await untilUnready(tight, []);
    const client = await connect(tight, 'ci/again', join(folder, 'tight'));
    await client.query('select 3');
    await client.end();
    expect(await session('ci/again', 'complete')).toMatchObject({ commands: 1 });
    const { out } = await verb('verify', '--config', 'steno.yaml', '--json');
    expect(out).toContain('"verdict":"whole"');
  });

  it('keep as late what comes of a capture that was declared lost', async () => {
    const killed = running('cap-2');
    const client = await connect(killed, 'ci/given-up');
    await client.query('select 1');
    await session('ci/given-up', 'open');
    killed.kill('SIGKILL');
    await killed.exited;
    const args = ['--reason', 'its disk is gone', '--config', 'steno.yaml'];
    await session('ci/given-up', 'silent');
    const listed = await verb('instances', 'list', '--json', '--config', 'steno.yaml');
    const instances = lines(listed.out) as InstanceView[];
    const silent = instances.find(({ name }) => name === 'cap-2');
    expect(silent?.state).toBe('silent');
    expect((await verb('instances', 'lost', silent?.boot ?? '', ...args)).code).toBe(0);
    expect((await session('ci/given-up', 'failed')).lateFrom).toBeUndefined();
    await start('capture', 'cap-2');
    await until('its end came late', async () => {
      const { lateFrom, reason } = await session('ci/given-up', 'failed');
      return lateFrom !== undefined && reason === 'process-lost';
    });
    expect((await verb('instances', 'lost', silent?.boot ?? '', ...args)).code).not.toBe(0);
  });

  it('have their tables made anew once no projector elsewhere is at work', async () => {
    const elsewhere = await start('projector', 'pro-2', join(folder, 'tight'));
    const rebuild = RunningPart.spawn(folder, ['rebuild'], env);
    await until('it waits', () => rebuild.err.includes('Stop the projectors on 127.0.0.1'));
    expect((await elsewhere.stop()).code).toBe(0);
    expect(await rebuild.exited, rebuild.err).toMatchObject({ code: 0 });
    const { out } = await verb('verify', '--config', 'steno.yaml', '--json');
    expect(out).toContain('"verdict":"whole"');
  });

  it('say when what happened last could not be recorded', async () => {
    const at = join(folder, 'full');
    mkdirSync(at);
    writeConfig(at);
    const capture = await start('capture', 'cap-full', at);
    await connect(capture, 'cut short', at);
    await session('cut short', 'open');
    // As on a disk without any room: none of its files may grow.
    execFileSync('prlimit', ['--pid', String(capture.pid), '--fsize=0:']);
    expect((await capture.stop()).code).toBe(3);
    expect(capture.err).toContain('STENO-1037');
    expect((await (await start('capture', 'cap-full', at)).stop()).code).toBe(0);
    expect((await session('cut short', 'failed')).reason).toBe('process-lost');
  });

  it('stop in order when they are told to', async () => {
    for (const instance of ['api-1', 'pro-1', 'cap-tight', 'cap-2', 'cap-1']) {
      const part = running(instance);
      expect((await part.stop()).code, part.err).toBe(0);
    }
  });
});
