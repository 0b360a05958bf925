import { create } from '@bufbuild/protobuf';
import { BootStream } from '@steno/event-log';
import { TerminationRequestedSchema } from '@steno/proto';
import { BatchWriter, generatedFacts } from '@steno/sessions';
import type { EncodedBatch, Facts, Origin } from '@steno/sessions';
import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorOf, letters } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, TestInstallation, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget();
  rig = await Rig.start({ targets: [targetAt(target)] });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});

function request(sessionId: string, reason: string): Facts {
  const message = create(TerminationRequestedSchema, {
    sessionId,
    actor: 'ann@example.org',
    reason,
  });
  return generatedFacts('terminationRequested', TerminationRequestedSchema, message);
}

async function idOf(session: RecordedSession): Promise<string> {
  const [record] = await rig.sessions(session.identity);
  return record?.opened.sessionId ?? '';
}

/** Writes to the control topic as whoever the origin says. */
async function write(origin: Origin, facts: Facts): Promise<void> {
  const stream = new BootStream(rig.log, 'control', origin);
  await stream.record(facts);
  stream.committer.stop();
}

it('an administrator ends a session, and what it runs is given up', async () => {
  const session = await RecordedSession.begin(rig);
  session.client.send(encodeQuery('select pg_sleep(60)'));
  await until('it is recorded', async () => (await rig.sessions(session.identity))[0]?.commands[0]);
  const api = rig.installation.origin('api-1', 'api');
  await write(api, request(await idOf(session), 'looks wrong'));
  const error = errorOf((await session.client.until('E')).at(-1));
  expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '57P01' });
  expect(error.message).toContain('STENO-4017');
  await session.client.rest();
  const record = await session.record();
  expect(record.closed).toMatchObject({
    reason: 'terminated',
    actor: 'ann@example.org',
    detail: 'looks wrong',
  });
  expect(record.commands[0]?.response?.status).toBe('cut');
  const other = await RecordedSession.begin(rig);
  const still = "select 1 from pg_stat_activity where wait_event = 'PgSleep'";
  await until('the target has given it up', async () =>
    letters(await other.client.ask(encodeQuery(still))) === 'TCZ' ? true : undefined,
  );
  await other.finish();
});

it('nobody else does', async () => {
  const session = await RecordedSession.begin(rig);
  const last = await RecordedSession.begin(rig);
  const wanted = request(await idOf(session), 'forged');
  const { installation } = rig;
  const stranger = new TestInstallation();
  const before = rig.warnings.length;
  await write(installation.origin('worker-1', 'worker'), wanted);
  await write(installation.origin('capture-9', 'capture'), wanted);
  await write(installation.origin('api-2', 'api', stranger.root), wanted);
  await write({ ...installation.origin('api-3', 'api'), sign: undefined }, wanted);
  const api = installation.origin('api-4', 'api');
  await write({ ...api, sign: () => Buffer.alloc(64, 1) }, wanted);
  await write({ ...installation.origin('api-5', 'api'), instance: 'api-6' }, wanted);
  // The word of one boot in the mouth of another.
  const other = installation.origin('api-7', 'api');
  const borrowed = { ...installation.origin('api-7', 'api'), attest: other.attest.bind(other) };
  await write(borrowed, wanted);
  const garbage = new BatchWriter();
  garbage.event('control/x', Buffer.from('no envelope'), []);
  await rig.log.append('control', garbage.take());
  await rig.log.append('control', oneRecord(Buffer.from([0x0a, 0xff])));
  // Behind all of these comes one that holds.
  await write(installation.origin('api-8', 'api'), request(await idOf(last), 'true'));
  await last.client.until('E');
  expect(letters(await session.client.ask(encodeQuery('select 1')))).toBe('TDCZ');
  await session.finish();
  expect(rig.warnings.length - before).toBeGreaterThan(0);
  const told = rig.warnings.slice(before).map((line) => Number(/"count":(\d+)/.exec(line)?.[1]));
  expect(told.reduce((sum, count) => sum + count)).toBe(9);
});

it('a request is acted on once, however often the log shows it', async () => {
  const session = await RecordedSession.begin(rig);
  const id = await idOf(session);
  const api = rig.installation.origin('api-1', 'api');
  await write(api, request(id, 'once'));
  await session.client.until('E');
  await session.record();
  for (const { bytes } of await rig.log.read('control', { partition: 0, offset: 0 }, 1e9)) {
    await rig.log.append('control', oneRecord(bytes));
  }
  const next = await RecordedSession.begin(rig);
  await write(rig.installation.origin('api-9', 'api'), request(await idOf(next), 'next'));
  await next.client.until('E');
  expect((await next.record()).closed.detail).toBe('next');
});

function oneRecord(bytes: Buffer): EncodedBatch {
  const notes = { opened: [], closed: [] };
  return { bytes, records: 1, streams: ['control/x'], ends: [bytes.length], notes };
}
