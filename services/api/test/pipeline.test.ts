import type { PipelineView } from '@steno/proto';
import { StreamFixture } from '@steno/event-store/testing';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedSession, SECOND, START, sessionId } from './recorded-session.js';
import { Asker } from './asker.js';
import { TOKEN, bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
const DATA_ENDS: readonly (readonly [number, number])[] = [
  [0, 40],
  [1, 7],
];
let logIsAway = false;
let heartbeats = 0;

/** What an instance says of one boot, as the clock of the api has it. */
function boot(
  name: string,
  role: string,
  secondsAgo: number,
  { beats = [], id = `${name}-boot` }: { beats?: readonly number[]; id?: string } = {},
) {
  const of = {
    instance: name,
    boot: id,
    startedAt: START - BigInt(secondsAgo) * SECOND,
  };
  const control = new StreamFixture(`control/${name}/${of.boot}`, { ...of, topic: 'control' });
  control.append({ case: 'instanceStarted', value: { role, version: '0.1.0' } });
  const heartbeat = new StreamFixture(`heartbeat/${name}/${of.boot}`, {
    ...of,
    topic: 'heartbeat',
  });
  for (const ago of beats) {
    heartbeat.now = START - BigInt(ago) * SECOND;
    const openStreams = [{ stream: 'session/a', position: 1n }, { stream: 'session/b' }];
    heartbeat.append({ case: 'instanceReported', value: { openStreams, openStreamsLeftOut: 1n } });
  }
  return { control, events: () => [...control.events, ...heartbeat.events] };
}

beforeAll(async () => {
  test = await startTestApi({
    logEnd: async (topic) => {
      if (logIsAway) return undefined;
      if (topic === 'heartbeat') return new Map([[0, heartbeats]]);
      return new Map(topic === 'data' ? DATA_ENDS : [[0, 3]]);
    },
  });
  const running = boot('capture-0', 'capture', 600, { beats: [25, 15, 5] });
  const quiet = boot('capture-1', 'capture', 600, { beats: [500, 90] });
  const found = boot('capture-2', 'capture', 600, { beats: [500] });
  const lost = boot('capture-3', 'capture', 600, { beats: [500] });
  const stopped = boot('projector', 'worker', 600, { beats: [500] });
  const gone = boot('old', 'worker', 3 * 86_400);
  const watcher = boot('api', 'api', 600, { beats: [5] }).control;
  watcher.now = START - 500n * SECOND;
  watcher.append({
    case: 'instanceSilent',
    value: { instance: 'capture-2', boot: 'capture-2-boot' },
  });
  watcher.now = START - 450n * SECOND;
  watcher.append({
    case: 'instanceLost',
    value: { instance: 'capture-3', boot: 'capture-3-boot', actor: 'ann', reason: 'disk' },
  });
  stopped.control.now = START - 300n * SECOND;
  stopped.control.append({ case: 'instanceStopped', value: { reason: 'stopped' } });
  gone.control.append({ case: 'instanceStopped', value: { reason: 'stopped' } });
  const unheard = boot('capture-4', 'capture', 600);
  // Its second event of three is not there.
  unheard.control.lose();
  unheard.control.append({ case: 'targetDeclared', value: { name: 'orders' } });
  const holed = new RecordedSession(sessionId(1), { startedAt: START - 50n * SECOND });
  holed.lose();
  holed.close();
  // Its name runs again, and the volume with what it had recorded is gone.
  const replaced = boot('capture-0', 'capture', 900, { beats: [700], id: 'capture-0-earlier' });
  const left = new StreamFixture(`session/${sessionId(2)}`, {
    startedAt: START - 800n * SECOND,
    boot: 'capture-0-earlier',
  });
  left.append({ case: 'sessionOpened', value: { sessionId: sessionId(2) } });
  // Its sessions are closed: the next run did that.
  const restarted = boot('capture-0', 'capture', 1200, { beats: [1000], id: 'capture-0-first' });
  const boots = [running, quiet, found, lost, unheard, stopped, gone, replaced, restarted];
  await test.store([
    ...boots.flatMap(({ events }) => events()),
    ...watcher.events,
    ...holed.events,
    ...left.events,
  ]);
  await test.query(`INSERT INTO checkpoints (topic, log_partition, from_offset, until_offset)
    VALUES ('data', 0, 30, 40), ('data', 1, 0, 5), ('control', 0, 0, 3)`);
  await test.query(`INSERT INTO dead_letters (topic, log_partition, log_offset, log_index, reason)
    VALUES ('data', 0, 3, 0, 'batch: x'), ('data', 0, 3, 1, 'batch: x')`);
});
afterAll(() => test.stop());

async function pipeline(): Promise<PipelineView> {
  // Past what is kept for those who ask at the same time.
  test.clock.now += 4_000;
  const asked = supertest(test.api.url).get('/api/pipeline');
  const answer = await asked.set('authorization', `Bearer ${TOKEN}`);
  expect(answer.status).toBe(200);
  return bodyOf<PipelineView>(answer);
}

describe('the pipeline', () => {
  it('says of each instance how it is, by its newest boot', async () => {
    const { instances: all } = await pipeline();
    const instances = all.filter(({ boot: id }) => id.endsWith('-boot'));
    expect(instances.map(({ name, role, state }) => [name, role, state])).toEqual([
      ['api', 'api', 'silent'],
      ['capture-0', 'capture', 'running'],
      ['capture-1', 'capture', 'silent'],
      ['capture-2', 'capture', 'silent'],
      ['capture-3', 'capture', 'lost'],
      ['capture-4', 'capture', 'silent'],
      ['projector', 'worker', 'stopped'],
    ]);
    const [, running, quiet, found, lost, unheard, stopped] = instances;
    const ago = (seconds: number) => new Date(1_795_000_000_000 - seconds * 1000).toISOString();
    const upTo = (time = '') => new Date(time).toISOString();
    expect(running).toMatchObject({ version: '0.1.0', openSessions: 3 });
    expect([running?.startedAt, running?.lastHeardAt ?? ''].map(upTo)).toEqual([ago(600), ago(5)]);
    expect([quiet, found, lost, stopped].map((instance) => upTo(instance?.since))).toEqual([
      ago(90),
      ago(500),
      ago(450),
      ago(300),
    ]);
    expect(lost?.openSessions).toBe(0);
    // An earlier boot is shown while it has sessions that nobody closed.
    const earlier = all.filter((instance) => !instances.includes(instance));
    expect(earlier.map(({ name, boot: id, state }) => [name, id, state])).toEqual([
      ['capture-0', 'capture-0-earlier', 'silent'],
    ]);
    expect(unheard?.lastHeardAt).toBeNull();
  });

  it('counts what was emitted and is not held, but for what may be on its way', async () => {
    const { instances } = await pipeline();
    const of = (name: string) => instances.find((instance) => instance.boot === `${name}-boot`);
    expect(of('capture-4')).toMatchObject({ emitted: 3, missing: 1 });
    // Three heartbeats, of which the last is too new to be counted on.
    expect(of('capture-0')).toMatchObject({ emitted: 2, missing: 0 });
  });

  it('says how far the projector is behind the log', async () => {
    const { partitions } = await pipeline();
    expect(partitions).toEqual([
      { topic: 'data', partition: 0, logEnd: 40, projectedTo: 40 },
      { topic: 'data', partition: 1, logEnd: 7, projectedTo: 5 },
      { topic: 'control', partition: 0, logEnd: 3, projectedTo: 3 },
      { topic: 'activity', partition: 0, logEnd: 3, projectedTo: 0 },
      { topic: 'heartbeat', partition: 0, logEnd: 0, projectedTo: 0 },
    ]);
    logIsAway = true;
    const away = await pipeline();
    logIsAway = false;
    expect(away.partitions[1]).toMatchObject({ logEnd: null, projectedTo: 5 });
  });

  it('counts what is held and not as it should be, and the room that is left', async () => {
    const { deadLetters, forks, gappedSessions, disk } = await pipeline();
    expect({ deadLetters, forks, gappedSessions }).toEqual({
      deadLetters: 2,
      forks: 0,
      gappedSessions: 1,
    });
    expect(disk?.totalBytes).toBeGreaterThan(disk?.freeBytes ?? Infinity);
    expect(disk?.freeBytes).toBeGreaterThan(0);
  });

  it('takes nobody for silent whose heartbeats have not come into the store', async () => {
    test.clock.now += 60_000;
    const stateOf = async () =>
      (await pipeline()).instances.find(({ name }) => name === 'capture-0')?.state;
    heartbeats = 7;
    expect(await stateOf()).toBe('running');
    heartbeats = 0;
    expect(await stateOf()).toBe('silent');
  });
});

describe('POST /api/instances/:boot/lost', () => {
  const declare = (boot: string, body: object = { reason: 'its disk is gone' }) =>
    new Asker(test).post(`/api/instances/${boot}/lost`, body);

  it('is said of one that is silent, by whom and why', async () => {
    expect((await declare('capture-1-boot')).status).toBe(202);
    expect((await declare('capture-0-earlier')).status).toBe(202);
    const said = { actor: 'local-admin', reason: 'its disk is gone' };
    expect(test.lost).toEqual([
      { instance: 'capture-1', boot: 'capture-1-boot', ...said },
      { instance: 'capture-0', boot: 'capture-0-earlier', ...said },
    ]);
  });

  it('is refused otherwise', async () => {
    test.lost.length = 0;
    expect(refusal(await declare('nobody'))).toEqual([404, 'STENO-3017']);
    const stopped = await declare('projector-boot');
    expect(refusal(stopped)).toEqual([409, 'STENO-3018']);
    expect(stopped.text).toContain('projector is stopped.');
    expect(refusal(await declare('capture-3-boot'))).toEqual([409, 'STENO-3019']);
    for (const body of [{}, { reason: '' }, { reason: 'x'.repeat(501) }]) {
      expect(refusal(await declare('capture-1-boot', body))).toEqual([400, 'STENO-3002']);
    }
    const asked = supertest(test.api.url).post('/api/instances/capture-1-boot/lost');
    expect(refusal(await asked.send({ reason: 'x' }))).toEqual([401, 'STENO-3001']);
    test.log.isAway = true;
    expect(refusal(await declare('capture-1-boot'))).toEqual([503, 'STENO-3009']);
    test.log.isAway = false;
    expect(test.lost).toEqual([]);
  });

  it('is refused of one that reports', async () => {
    const now = test.clock.now;
    test.clock.now = Number(START / 1_000_000n);
    expect(refusal(await declare('capture-0-boot'))).toEqual([409, 'STENO-3018']);
    test.clock.now = now;
  });
});
