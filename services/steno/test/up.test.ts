import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type { EventView, InstanceView, SessionView } from '@steno/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, makeFolder } from './command-line.js';
import { countEvents, expectChain, sha256 } from './evidence.js';
import { isAlive, until } from './processes.js';
import { RunningUp, errorOf, killAll, refusedUp, runFiles, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';
const LONG_TEXT = `SELECT '${'long '.repeat(20 * 1024)}' AS long`;

const folder = makeFolder();
let target: EmbeddedPostgres;
let up: RunningUp;
const ups: RunningUp[] = [];

async function startUp(): Promise<RunningUp> {
  const env = { ORDERS_PASSWORD: PASSWORD };
  const started = await RunningUp.start({ folder: folder.path, env });
  ups.push(started);
  return started;
}

beforeAll(async () => {
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'app',
    password: PASSWORD,
  });
  writeConfig(
    folder.path,
    target,
    `  - name: locked
    protocol: postgres
    address: 127.0.0.1:${target.port}
    database: postgres
    credential: { username: app, password: env:STENO_TEST_NEVER_SET }
sessions: { drain: 5s }
`,
  );
  up = await startUp();
});

afterAll(async () => {
  await killAll(ups);
  await target.stop();
  folder.remove();
});

/** The body of a DataRow of texts. */
function dataRow(...values: readonly string[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(values.length);
  const fields = values.flatMap((value) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(value));
    return [length, Buffer.from(value)];
  });
  return Buffer.concat([count, ...fields]);
}

describe('a running up', () => {
  it('says once on stdout that it is ready, the rest on stderr as JSON lines', async () => {
    expect(up.out.endsWith('\n')).toBe(true);
    expect(lines(up.out)).toEqual([
      {
        ready: true,
        web: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        signIn: expect.stringMatching(`^${up.ready.web}/sign-in#code=.{20,}`),
        gateways: { postgres: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
        log: 'embedded',
        store: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      },
    ]);
    const said = lines(up.err);
    expect(said.length).toBeGreaterThan(0);
    for (const line of said) {
      expect(line).toEqual(
        expect.objectContaining({
          time: expect.stringMatching(/^\d{4}-.*Z$/),
          level: expect.stringMatching(/^(info|warn|error)$/),
          component: expect.any(String),
          message: expect.any(String),
        }),
      );
    }
    expect((await fetch(`${up.ready.web}/readyz`)).status).toBe(200);
  });

  it('leaves addresses and passwords for its user alone', async () => {
    const run = join(up.data, 'run');
    expect(runFiles(folder.path)).toEqual(['api.json', 'store.json']);
    for (const name of ['api.json', 'store.json']) {
      expect(statSync(join(run, name)).mode & 0o777).toBe(0o600);
    }
    for (const path of [up.data, run, join(up.data, 'keys')]) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
    const { url } = JSON.parse(readFileSync(join(run, 'store.json'), 'utf8')) as { url: string };
    expect(url).toBe(up.ready.store);
    expect(await up.store('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('shows a session as the contract says', async () => {
    const client = await up.connect('ci/deploy');
    await client.query("SELECT 'a' AS x, 'bc' AS y UNION ALL SELECT 'd', ''");
    await client.query(LONG_TEXT);
    await client.query('SELECT 1/0').catch(() => undefined);
    await client.end();

    const session = await up.session('ci/deploy', 'ended');
    expect(session).toMatchObject({
      identity: 'ci/deploy',
      target: 'orders',
      protocol: 'postgres',
      status: 'complete',
      commands: 3,
      errors: 1,
      rows: 3,
    });
    const events = await up.eventsOf(session.sessionId);
    expectChain(session.sessionId, events);
    for (const { sessionId, occurredAt } of events) {
      expect(sessionId).toBe(session.sessionId);
      expect(occurredAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    }
    const types = events.map(({ type }) => type).filter((type) => type !== 'output.captured');
    expect(types).toEqual([
      'session.opened',
      'command.submitted',
      'response.completed',
      'command.submitted',
      'response.completed',
      'command.submitted',
      'response.completed',
      'session.closed',
    ]);
    const texts = events.flatMap(({ command }) => (command === undefined ? [] : [command.text]));
    expect(texts[1]).toBe(LONG_TEXT);
    const responses = events.flatMap(({ response }) => response ?? []);
    const bodies = Buffer.concat([dataRow('a', 'bc'), dataRow('d', '')]);
    expect(responses[0]).toMatchObject({ rows: 2, bytes: bodies.length, sha256: sha256(bodies) });
    expect(responses[2]).toMatchObject({ rows: 0, error: { code: '22012' } });
  });

  it('lists events in the order of their commits, each topic by itself', async () => {
    const { sessionId } = await up.session('ci/deploy', 'ended');
    const data = await up.json<EventView>('events');
    const own = data.filter((event) => event.sessionId === sessionId);
    expect(own.map(({ position }) => position)).toEqual(own.map((_, index) => index));
    const control = await up.json<EventView>('events', '--topic', 'control');
    const types = control.map(({ type }) => type);
    expect(types.filter((type) => type === 'instance.started')).toHaveLength(3);
    expect(types.filter((type) => type === 'target.declared')).toHaveLength(2);
    const activity = await up.json<EventView>('events', '--topic', 'activity');
    expect(activity.map(({ type }) => type)).toContain('access.viewed');
    const heartbeat = await up.json<EventView>('events', '--topic', 'heartbeat');
    expect(heartbeat.length).toBeGreaterThanOrEqual(3);
  });

  it('limits lists, and replays', async () => {
    const all = await up.json<SessionView>('sessions');
    expect(await up.json('sessions', '--limit', '1')).toEqual(all.slice(0, 1));
    expect(await up.json('sessions', '--since', '2100-01-01T00:00:00Z')).toEqual([]);
    expect(await up.json('sessions', '--since', '1h')).toHaveLength(all.length);
    expect(await up.json('gaps')).toEqual([]);
    const { sessionId } = await up.session('ci/deploy', 'ended');
    const { code, out } = await up.verb('replay', sessionId, '--no-wait');
    expect(code).toBe(0);
    expect(out).toMatch(/a +\| bc/);
    expect(out).toContain('division by zero');
  });

  it('terminates a session, with the reason in its record', async () => {
    const client = await up.connect('bot/runaway');
    const { sessionId } = await up.session('bot/runaway', 'open');
    const sleeping = client.query('SELECT pg_sleep(60)');
    const failed = expect(sleeping).rejects.toMatchObject({ code: '57P01' });
    await up.json('terminate', sessionId, '--reason', 'it ran away');
    await failed;
    const { reason } = await up.session('bot/runaway', 'ended');
    expect(reason).toBe('terminated');
    const last = (await up.eventsOf(sessionId)).at(-1);
    expect(JSON.stringify(last?.facts)).toContain('it ran away');
  });

  it('lists its instances, and takes none for lost that reports', async () => {
    const instances = await up.json<InstanceView>('instances', 'list');
    expect(instances.map(({ role }) => role)).toEqual(['api', 'capture', 'worker']);
    const [{ boot } = { boot: '' }] = instances;
    const { code, err } = await up.verb('instances', 'lost', boot, '--reason', 'a mistake');
    expect(code).toBe(1);
    expect(err).toContain('STENO-3018');
  });

  it('makes sign-in links that work once', async () => {
    const [made] = await up.json<{ signIn: string }>('sign-in');
    for (const link of [up.ready.signIn, made?.signIn ?? '']) {
      const code = decodeURIComponent(new URL(link).hash.slice('#code='.length));
      const ask = () =>
        fetch(`${up.ready.web}/api/sign-in`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code }),
        });
      expect((await ask()).status).toBe(204);
      expect((await ask()).status).toBe(401);
    }
  });

  it('says at once which target has no password, and lets nobody in there', async () => {
    const said = lines(up.err) as { target?: string; message: string; level: string }[];
    expect(said.find(({ target: named }) => named === 'locked')).toMatchObject({
      level: 'warn',
      code: 'STENO-1007',
      message: expect.stringContaining('STENO_TEST_NEVER_SET'),
    });
    await expect(up.connect('ci/deploy', 'locked')).rejects.toMatchObject({ code: '08004' });
  });

  it('is the only one on its data directory', async () => {
    const { code, err } = await refusedUp({ folder: folder.path });
    expect(code).toBe(3);
    expect(errorOf(err)).toMatchObject({ code: 'STENO-1019' });
    // What refuses a second one leaves the first one alone.
    expect(runFiles(folder.path)).toEqual(['api.json', 'store.json']);
    expect(await up.json('sessions', '--limit', '1')).toHaveLength(1);
  });
});

describe('an up that is told to stop', () => {
  it('lets commands finish, ends sessions with a clear error, leaves nothing running', async () => {
    const idle = await up.connect('bot/idle');
    const idleEnd = new Promise<Error>((resolve) => idle.once('error', resolve));
    const busy = await up.connect('bot/busy');
    const result = busy.query('SELECT 42 AS answer FROM pg_sleep(1.5)');
    const processes = up.descendants();
    expect(processes.length).toBeGreaterThanOrEqual(4);
    await up.session('bot/busy', 'open');

    const stopped = up.stop();
    expect(await idleEnd).toMatchObject({
      code: '57P01',
      message: expect.stringContaining('STENO-4018'),
    });
    await expect(up.connect('bot/late')).rejects.toThrow();
    expect((await result).rows).toEqual([{ answer: 42 }]);
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(runFiles(folder.path)).toEqual([]);
    expect(lines(up.out)).toHaveLength(1);
    expect(lines(up.err).filter((line) => (line as { level: string }).level === 'error')).toEqual(
      [],
    );
    expect((await up.verb('sessions')).code).toBe(4);
  });

  it('has everything in ClickHouse then, to the last event', async () => {
    const { log, store } = await countEvents(up.data);
    expect(store).toEqual(log);
    expect(log.get('data')).toBeGreaterThan(20);
  });

  it('starts again where it was', async () => {
    up = await startUp();
    for (const identity of ['bot/idle', 'bot/busy']) {
      expect(await up.session(identity, 'ended')).toMatchObject({
        status: 'complete',
        reason: 'drained',
      });
    }
    const client = await up.connect('ci/again');
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    expect(await up.session('ci/again', 'ended')).toMatchObject({
      status: 'complete',
      commands: 1,
    });
  });
});

describe('an up that is told to read its configuration again', () => {
  const configFile = join(folder.path, 'steno.yaml');
  const before = () => readFileSync(configFile, 'utf8');
  const declared = async () => {
    const events = await up.json<EventView>('events', '--topic', 'control');
    return events.flatMap(({ type, facts }) => {
      if (!type.startsWith('target.')) return [];
      return [`${type} ${(facts as { name: string }).name}`];
    });
  };

  it('lets new sessions go by it, and those that run go on', async () => {
    const running = await up.connect('ci/runs-on');
    const [text, events] = [before(), await declared()];
    const changed = text.replace('name: orders', 'name: purchases').replace('5s', '6s');
    writeFileSync(configFile, changed);
    up.kill('SIGHUP');
    const client = await until('the new target is there', () =>
      up.connect('ci/deploy', 'purchases').catch(() => undefined),
    );
    await client.end();
    await expect(up.connect('ci/deploy')).rejects.toMatchObject({ code: '3D000' });
    expect((await running.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await running.end();
    expect(up.err).toMatch(/at the next start.*"keys":\["sessions"\]/);
    const differences = ['target.declared purchases', 'target.withdrawn orders'];
    await until('the differences are recorded', async () =>
      (await declared()).length === events.length + differences.length ? true : undefined,
    );
    expect((await declared()).slice(events.length)).toEqual(differences);
    writeFileSync(configFile, text);
    up.kill('SIGHUP');
    await until('the old one is back', () => up.connect().catch(() => undefined));
  });

  it('has all sessions go by its policies', async () => {
    const running = await up.connect('ci/ruled');
    const text = before();
    const rules = join(folder.path, 'rules.cedar');
    writeFileSync(
      rules,
      `permit (principal, action, resource);
       @id("no-tables") forbid (principal, action == Action::"create", resource);`,
    );
    writeFileSync(configFile, `${text}policies: [rules.cedar]\n`);
    up.kill('SIGHUP');
    const denied = await until('the policies are there', () =>
      running.query('CREATE TEMP TABLE t ()').then(
        () => running.query('DROP TABLE t').then(() => undefined),
        (error: unknown) => error,
      ),
    );
    expect(denied).toMatchObject({ code: '42501', detail: 'Rule rules/no-tables.' });
    writeFileSync(rules, 'permit (');
    up.kill('SIGHUP');
    await until('it complains', () => /stays as it was.*rules\.cedar:1/.test(up.err));
    await expect(running.query('CREATE TEMP TABLE t ()')).rejects.toMatchObject({ code: '42501' });
    writeFileSync(configFile, text);
    up.kill('SIGHUP');
    await until('everything is allowed', () =>
      running.query('CREATE TEMP TABLE t ()').catch(() => undefined),
    );
    await running.end();
    const rulesOf = ({ facts }: EventView) => (facts as { rules: number }).rules;
    await until('what they were is recorded', async () => {
      const events = await up.json<EventView>('events', '--topic', 'control');
      const loaded = events.filter(({ type }) => type === 'policy.loaded').map(rulesOf);
      return loaded.slice(-3).join(' ') === '0 2 0' ? true : undefined;
    });
  });

  it('changes nothing by one that has faults, and says where they are', async () => {
    const text = before();
    writeFileSync(configFile, text.replace('protocol: postgres', 'protocol: potsgres'));
    up.kill('SIGHUP');
    const complaint = /stays as it was.*steno\.yaml:\d+.*targets\[0\]\.protocol/;
    await until('it complains', () => complaint.test(up.err));
    writeFileSync(configFile, text);
    const client = await up.connect();
    await client.end();
  });
});

describe('an up that is told to stop twice', () => {
  it('gives up', async () => {
    const processes = up.descendants();
    const busy = await up.connect('bot/stubborn');
    const query = busy.query('SELECT pg_sleep(60)').catch(() => undefined);
    up.kill('SIGINT');
    await until('it heard the first one', () => up.err.includes('Stopping'));
    up.kill('SIGINT');
    expect(await up.exited).toEqual({ code: 3, signal: null });
    await query;
    await until('nothing is left', () => !processes.some(({ pid }) => isAlive(pid)));
  });
});
