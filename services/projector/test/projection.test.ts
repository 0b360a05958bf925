import { readFileSync, readdirSync } from 'node:fs';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { readSession } from '@steno/event-store';
import { StreamFixture } from '@steno/event-store/testing';
import type { FixtureEvent } from '@steno/event-store/testing';
import { EnvelopeSchema } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { BatchWriter, ProtoWriter } from '@steno/sessions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedTables, readTables } from './oracle.js';
import { TestProjector, TestServer, project } from './projected-store.js';
import type { TestStore } from './projected-store.js';
import { MS, START, TestLog, session, sessionId, writeEvent, writeParts } from './test-log.js';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const FIXTURES = new URL('../../../proto/fixtures/', import.meta.url);
const DAY = 86_400_000n * MS;

const at = <T>(list: readonly T[], index: number): T => {
  const found = list.at(index);
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
};

/** Projects a log into a store of its own and holds it against the oracle. */
async function projected(log: TestLog): Promise<TestStore> {
  const store = await server.store();
  await project(store, log);
  expect(await readTables(store)).toEqual(await expectedTables(log));
  return store;
}

/** A golden event on a stream of its own. */
function golden(type: string): FixtureEvent {
  const hex = readFileSync(new URL(`${type}/v1.hex`, FIXTURES), 'utf8').trim();
  const envelope = fromBinary(EnvelopeSchema, Buffer.from(hex, 'hex'));
  const [kind = '', ...rest] = envelope.stream.split('/');
  envelope.stream = kind === 'session' ? `session/${type}` : [kind, type, ...rest].join('/');
  const topic = (kind === 'session' ? 'data' : kind) as Topic;
  return { topic, envelope, raw: Buffer.from(toBinary(EnvelopeSchema, envelope)), contents: [] };
}

describe('the store holds', () => {
  it('each type of event, with the columns that its bytes say', async () => {
    const log = new TestLog();
    const types = readdirSync(FIXTURES);
    for (const type of types) await log.take(golden(type));
    const store = await projected(log);
    const rows = await store.rows('SELECT DISTINCT type FROM events ORDER BY type');
    expect(rows.map(({ type }) => type)).toEqual(types.sort());
  });

  it('sessions with totals as their events sum up', async () => {
    const log = new TestLog();
    const sessions = Array.from({ length: 20 }, (_, n) => session(n, n * 3));
    const events = sessions.flatMap(({ events }) => events);
    // Sessions that run at the same time share batches.
    events.sort((a, b) => Number(a.envelope.position - b.envelope.position));
    for (let from = 0; from < events.length; from += 7) {
      await log.take(...events.slice(from, from + 7));
    }
    const store = await projected(log);
    const session7 = await readSession(store.reader, sessionId(7));
    expect(session7).toMatchObject({ commands: 21, errors: 4, rows: 210, bytes: 210 });
    expect(session7).toMatchObject({ events: 44, status: 'complete', identity: 'bot-0' });
  });

  it('content beside events and ahead of them, not what is held earlier', async () => {
    const log = new TestLog();
    const stream = new StreamFixture(`session/${sessionId(1)}`, { startedAt: START });
    const long = Buffer.alloc(100_000, 'x');
    stream.append({ case: 'sessionOpened', value: {} });
    const texts = [
      { kind: 'text', bytes: long },
      { kind: 'binds', bytes: Buffer.from('b') },
      { kind: 'text', bytes: long, heldAt: 0 },
    ];
    stream.append({ case: 'commandSubmitted', value: {} }, texts);
    const [opened, submitted] = stream.events;
    if (opened === undefined || submitted === undefined) throw new Error('no events');
    const first = new BatchWriter();
    writeEvent(first, opened);
    writeEvent(first, submitted);
    const twice = first.take();
    await log.append('data', twice);
    await log.append('data', twice);
    // In batches of their own, long before their event.
    stream.append({ case: 'commandSubmitted', value: {} }, [{ kind: 'text', bytes: long }]);
    const late = at(stream.events, -1);
    const parts = (batch: BatchWriter): void => {
      writeParts(batch, late, { kind: 'text', bytes: long, index: 0 });
    };
    await log.takeBatch(parts);
    await log.takeBatch(parts);
    const store = await server.store();
    await project(store, log);
    await log.takeBatch(parts); // by a projector that did not see them
    await log.take({ ...late, contents: [] });
    await log.takeBatch(parts);
    await project(store, log);
    const tables = await readTables(store);
    expect(tables).toEqual(await expectedTables(log));
    const count = (position: number): number =>
      tables.content.filter((row) => row['position'] === String(position)).length;
    expect([count(0), count(1), count(2)]).toEqual([0, 5, 4]);
    // The time of the stream's last event stands for parts that have none beside them.
    const parted = tables.content.find((row) => row['position'] === '2');
    expect(parted?.['recorded_at']).toBe(String(START));
  });

  it('each topic for itself', async () => {
    const log = new TestLog();
    for (const topic of ['data', 'control', 'activity', 'heartbeat'] as const) {
      const name = topic === 'data' ? `session/${sessionId(1)}` : `${topic}/instance/boot`;
      const stream = new StreamFixture(name, { topic, startedAt: START });
      for (let n = 0; n < 3; n += 1) {
        stream.append({ case: 'instanceReported', value: { emitted: BigInt(n) } });
      }
      for (const event of stream.events) await log.take(event);
    }
    const store = await projected(log);
    const rows = await store.rows('SELECT topic, count() AS n FROM events GROUP BY topic');
    expect(new Set(rows.map(({ n }) => n))).toEqual(new Set(['3']));
    expect(rows).toHaveLength(4);
  });
});

/** Bytes of an envelope with a type and a field of a later version. */
function futureEvent(stream: string, position: number, version = 1): Buffer {
  const writer = new ProtoWriter(256);
  writer.string(2, 'default');
  writer.string(3, stream);
  writer.string(8, 'session.teleported');
  writer.varint(9, version);
  writer.varint(10, position);
  writer.sfixed64(12, START);
  writer.sfixed64(13, START);
  writer.string(250, 'to another host');
  return Buffer.from(writer.bytesWritten());
}

/** Session totals cannot be read from it, but everything else can. */
function brokenOpening(stream: string): Buffer {
  const writer = new ProtoWriter(256);
  writer.string(3, stream);
  writer.string(8, 'session.opened');
  writer.bytes(20, Buffer.from('3a7f', 'hex')); // a source that is longer than its message
  return Buffer.from(writer.bytesWritten());
}

describe('what nobody expects', () => {
  it('is kept if a later version may have written it', async () => {
    const log = new TestLog();
    const stream = `session/${sessionId(3)}`;
    await log.takeBatch((batch) => {
      batch.event(stream, futureEvent(stream, 0), []);
      batch.event(stream, futureEvent(stream, 1), [
        { index: 0, kind: 'hologram', bytes: Buffer.from('x') },
      ]);
    });
    const store = await projected(log);
    expect(await readSession(store.reader, sessionId(3))).toMatchObject({ events: 2 });
    expect(await store.rows("SELECT 1 FROM content WHERE kind = 'hologram'")).toHaveLength(1);
  });

  it('is a dead letter if it cannot be read, and holds up nothing', async () => {
    const log = new TestLog();
    const [first, second, ...others] = session(4, 2).events;
    if (first === undefined || second === undefined) throw new Error('no events');
    const stream = first.envelope.stream;
    await log.takeBytes(Buffer.from('this is no batch'));
    await log.takeBytes(Buffer.alloc(0));
    await log.takeBytes(Buffer.from('this is none either'), 'control');
    const part = { position: 1, index: 0, part: 0, kind: 'text', bytes: Buffer.from('lost') };
    await log.takeBatch((batch) => {
      writeEvent(batch, first);
      batch.event(stream, Buffer.from('this is no envelope'), []);
      batch.event(stream, brokenOpening(stream), []);
      batch.event(stream, Buffer.of(0x1a, 1, 0xff, 0x42, 1, 0x61), []); // not UTF-8
      batch.event(stream, new Uint8Array(0), []);
      batch.part({ ...part, stream: '' });
      writeEvent(batch, second);
    });
    await log.take(...others);
    const store = await projected(log);
    expect((await readTables(store)).dead_letters).toHaveLength(8);
    expect(await readSession(store.reader, sessionId(4))).toMatchObject({ status: 'complete' });
  });

  it('is a dead letter if a column cannot hold it', async () => {
    const log = new TestLog();
    const stream = `session/${sessionId(5)}`;
    const part = { stream, position: 0, index: 0, kind: 'text', bytes: Buffer.from('x') };
    await log.takeBatch((batch) => {
      batch.event(stream, futureEvent(stream, 0, 70_000), []);
      batch.part({ ...part, part: 2 ** 40 });
      batch.event(stream, futureEvent(stream, 0), [
        { index: 2 ** 32, kind: 'text', bytes: Buffer.from('x') },
      ]);
    });
    const store = await server.store();
    await project(store, log);
    const { dead_letters: dead, events, content } = await readTables(store);
    expect([dead.length, events.length, content.length]).toEqual([3, 1, 0]);
  });

  it('is kept where sums run over and clocks were wrong', async () => {
    const log = new TestLog();
    const stream = session(6, 0);
    stream.events.pop();
    const most = 2n ** 64n - 1n;
    for (let n = 0n; n < 120n; n += 1n) {
      stream.now = START - n * 40n * DAY; // in as many months
      stream.append({ case: 'responseCompleted', value: { rows: most, bytes: most } });
    }
    await log.take(...stream.events);
    const store = await server.store();
    await project(store, log);
    expect((await readTables(store)).events).toEqual((await expectedTables(log)).events);
  });
});

describe('a range', () => {
  it('may be large, and is one part of each table', async () => {
    const log = new TestLog();
    const [model] = session(0, 1).events.slice(1);
    if (model === undefined) throw new Error('no event');
    const { envelope } = model;
    const content = Buffer.alloc(32 * 1024, 'c');
    const store = await server.store();
    await store.command('SYSTEM STOP MERGES');
    await log.takeBatch((batch) => {
      for (let n = 0; n < 102_000; n += 1) {
        envelope.stream = `session/${sessionId(n % 3000)}`;
        envelope.position = BigInt(Math.floor(n / 3000));
        const contents = n % 250 === 0 ? [{ index: 0, kind: 'text', bytes: content }] : [];
        batch.event(envelope.stream, toBinary(EnvelopeSchema, envelope), contents);
      }
    });
    const projector = new TestProjector(store, log);
    await projector.caughtUp();
    await projector.running.stop();
    expect(projector.retries).toEqual([]);
    const parts = await store.rows(`SELECT table, count() AS parts, sum(rows) AS rows
      FROM system.parts WHERE active AND database = '${store.database}'
        AND table IN ('events', 'content', 'sessions') GROUP BY table ORDER BY table`);
    expect(parts).toEqual([
      { table: 'content', parts: '1', rows: '408' },
      { table: 'events', parts: '1', rows: '102000' },
      { table: 'sessions', parts: '1', rows: '3000' },
    ]);
    await store.command('SYSTEM START MERGES');
  }, 180_000);
});
