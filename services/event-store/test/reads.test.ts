import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { createClient } from '@clickhouse/client';
import { EnvelopeSchema } from '@steno/proto';
import type { SessionStatus } from '@steno/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  contentWanted,
  countGappedSessions,
  countOpenSessions,
  makeStoreClient,
  migrate,
  readCommands,
  readContent,
  readEvents,
  readEventsAt,
  readEventsBefore,
  readFacets,
  readFailedResponse,
  readHead,
  readOutputPieces,
  readPendingCommands,
  readPositionAt,
  readResponses,
  readSession,
  readSessions,
  readTimeline,
  readTopic,
  readTransactionCandidates,
  searchWords,
  startEmbeddedStore,
  streamEvents,
} from '../src/index.js';
import type { EmbeddedStore, EventRow, SessionFilter, StoreReader } from '../src/index.js';
import { StreamFixture, store } from './stored-session.js';

const START = 1_795_000_000_000_000_000n;
const SECOND = 1_000_000_000n;
const id = (n: number) => `0199a5c0-0000-7000-8000-${String(n).padStart(12, '0')}`;

let directory: string;
let server: EmbeddedStore;
let reader: StoreReader;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-reads-'));
  server = await startEmbeddedStore({ directory });
  const { url, username, password } = server;
  const client = makeStoreClient({ url, username, password, database: 'steno' });
  reader = { client, tenant: 'default' };
  const root = createClient({ url, username, password });
  await migrate(root, 'steno', { eventsDays: 0, contentDays: 0 });
  await root.close();
  await store(client, [...many(), ...detailed().events, ...others().events]);
});

afterAll(async () => {
  await reader.client.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

const REASONS = ['client-closed', 'process-lost', 'protocol-error', 'log-failed', 'target-lost'];

/** Sessions 1 to 40: of two identities, in each state, two at each second. */
function many() {
  return Array.from({ length: 40 }, (_, index) => {
    const n = index + 1;
    const stream = new StreamFixture(`session/${id(n)}`, {
      identity: n % 2 === 0 ? 'ci/deploy' : "o'brien \\ {x}",
      target: n % 3 === 0 ? 'orders' : 'billing',
      startedAt: START + BigInt(Math.floor(n / 2)) * SECOND,
    });
    stream.append({ case: 'sessionOpened', value: { protocol: 'postgres', sessionId: id(n) } });
    const text = Buffer.from(`SELECT Word${n} FROM «straße» -- common`);
    const command = stream.append({ case: 'commandSubmitted', value: { kind: 'query' } }, [
      { kind: 'text', bytes: text },
    ]);
    if (n % 7 === 0) stream.lose();
    if (n % 11 === 0) stream.append({ case: 'gap', value: { reason: 'disk' } });
    stream.append({
      case: 'responseCompleted',
      value: { command: BigInt(command), status: 'ok', rows: 2n, bytes: 10n },
    });
    const reason = REASONS[n % REASONS.length];
    if (n % 4 !== 0) stream.append({ case: 'sessionClosed', value: { reason: reason ?? '' } });
    return stream.events;
  }).flat();
}

const long = Buffer.from('x'.repeat(100_000));
const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** Session 100, with all that a session may hold. */
function detailed() {
  const stream = new StreamFixture(`session/${id(100)}`, {
    identity: 'agent',
    target: 'orders',
    startedAt: START - 1000n * SECOND,
  });
  const step = () => {
    stream.now += SECOND;
  };
  stream.append({ case: 'sessionOpened', value: { protocol: 'postgres' } });
  step();
  const text = (bytes: Buffer, heldAt?: number) => ({
    kind: 'text',
    bytes,
    ...(heldAt === undefined ? {} : { heldAt }),
  });
  const begin = stream.append({ case: 'commandSubmitted', value: { kind: 'query' } }, [
    text(Buffer.from('BEGIN')),
  ]);
  stream.append({
    case: 'responseCompleted',
    value: { command: BigInt(begin), status: 'ok', tags: ['BEGIN'] },
  });
  step();
  stream.append({ case: 'statementPrepared', value: { name: 's' } }, [text(long)]);
  stream.append({ case: 'commandSubmitted', value: { kind: 'execute' } }, [
    text(long, 3),
    { kind: 'binds', bytes: binary },
    { kind: 'input', bytes: Buffer.alloc(0) },
  ]);
  stream.append({ case: 'commandSubmitted', value: { kind: 'query' } }, [text(Buffer.from('x'))]);
  stream.append({ case: 'outputCaptured', value: { command: 4n, offset: 32_768n } }, [
    { kind: 'output', bytes: binary },
  ]);
  stream.now += 5n * SECOND;
  stream.append({
    case: 'responseCompleted',
    value: {
      command: 4n,
      status: 'error',
      rows: 3n,
      error: { code: '42P01', severity: 'ERROR' },
    },
  });
  stream.append({ case: 'limitReached', value: { limit: 'outputPerResponse', value: 9n } });
  return stream;
}

function others() {
  const stream = new StreamFixture('activity/api-1/boot-1', {
    topic: 'activity',
    startedAt: START,
  });
  for (let n = 0; n < 25; n += 1) {
    stream.append({ case: 'accessViewed', value: { actor: `person ${n}`, action: 'list' } });
    stream.now += SECOND;
  }
  return stream;
}

async function pages(filter: Omit<SessionFilter, 'limit'>, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let before: SessionFilter['before'];
  for (;;) {
    const page = await readSessions(reader, {
      ...filter,
      limit,
      ...(before === undefined ? {} : { before }),
    });
    ids.push(...page.map(({ sessionId }) => sessionId));
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return ids;
    before = last;
  }
}

const positions = (rows: readonly EventRow[]) => rows.map(({ position }) => position);

describe('sessions', () => {
  it('come newest first, in pages without repeats or holes', async () => {
    const all = await pages({}, 1000);
    expect(all).toHaveLength(41);
    for (const limit of [1, 3, 7]) expect(await pages({}, limit)).toEqual(all);
    const rows = await readSessions(reader, { limit: 1000 });
    const keys = rows.map((row) => `${row.startedAt} ${row.sessionId}`);
    expect(keys).toEqual([...keys].sort().reverse());
  });

  it('are filtered by each status as the status is shown', async () => {
    const rows = await readSessions(reader, { limit: 1000 });
    const all: SessionStatus[] = ['complete', 'open', 'gapped', 'failed', 'silent'];
    for (const status of all) {
      const found = await readSessions(reader, { limit: 1000, statuses: [status] });
      expect(found, status).toEqual(rows.filter((row) => row.status === status));
      if (status !== 'silent') expect(found.length, status).toBeGreaterThan(1);
    }
    const two = await readSessions(reader, { limit: 1000, statuses: ['open', 'failed'] });
    expect(two.every(({ status }) => status === 'open' || status === 'failed')).toBe(true);
  });

  it('are filtered by names that hold anything, by target and by time', async () => {
    const odd = await readSessions(reader, { limit: 1000, identities: ["o'brien \\ {x}"] });
    expect(odd).toHaveLength(20);
    const both = { limit: 1000, identities: ['ci/deploy', 'agent'], targets: ['orders'] };
    const found = await readSessions(reader, both);
    expect(found).toHaveLength(7);
    const between = { limit: 1000, from: START + 3n * SECOND, to: START + 5n * SECOND };
    const ids = (await readSessions(reader, between)).map(({ sessionId }) => sessionId);
    expect(ids).toEqual([id(9), id(8), id(7), id(6)]);
  });

  it('are found by the words of a command', async () => {
    const found = async (text: string) =>
      (await readSessions(reader, { limit: 1000, words: searchWords(text) })).map(
        ({ sessionId }) => sessionId,
      );
    expect(await found('word7 select')).toEqual([id(7)]);
    expect(await found('STRASSE')).toEqual([]);
    expect(await found('Common')).toHaveLength(40);
    expect(await found('«straße»')).toHaveLength(40);
    expect(await found('word7 word8')).toEqual([]);
    expect(await found('word')).toEqual([]);
  });

  it('are summed up', async () => {
    expect(await readSession(reader, id(3))).toMatchObject({
      sessionId: id(3),
      identity: "o'brien \\ {x}",
      target: 'orders',
      protocol: 'postgres',
      startedAt: START + SECOND,
      closed: true,
      reason: 'log-failed',
      status: 'failed',
      lastPosition: 3,
      events: 4,
      commands: 1,
      errors: 0,
      rows: 2,
      bytes: 10,
    });
    expect(await readSession(reader, id(999))).toBeUndefined();
    expect(await readSession(reader, '')).toBeUndefined();
    expect(await countOpenSessions(reader)).toBe(11);
    const gapped = await readSessions(reader, { limit: 1000, statuses: ['gapped'] });
    expect(gapped.length).toBeGreaterThan(0);
    expect(await countGappedSessions(reader)).toBe(gapped.length);
    expect(await readFacets(reader)).toEqual({
      identities: ['agent', 'ci/deploy', "o'brien \\ {x}"],
      targets: ['billing', 'orders'],
    });
  });
});

describe('events', () => {
  const session = id(100);

  it('come to the last byte as they were stored', async () => {
    const given = detailed().events;
    const rows = await readEvents(reader, session, { from: 0, limit: 100 });
    expect(rows.map(({ raw }) => raw)).toEqual(given.map(({ raw }) => raw));
    const streamed: EventRow[] = [];
    for await (const row of streamEvents(reader, session)) streamed.push(row);
    expect(streamed).toEqual(rows);
    expect(await readHead(reader, session)).toEqual(rows.at(-1));
  });

  it('are read by position, both ways', async () => {
    const read = (from: number, until: number, limit: number) =>
      readEvents(reader, session, { from, until, limit });
    expect(positions(await read(2, 6, 100))).toEqual([2, 3, 4, 5]);
    expect(positions(await read(2, 6, 2))).toEqual([2, 3]);
    expect(positions(await readEventsBefore(reader, session, 4, 3))).toEqual([3, 2, 1]);
    expect(positions(await readEventsAt(reader, session, [7, 1, 99]))).toEqual([1, 7]);
    expect(await readEventsAt(reader, session, [])).toEqual([]);
  });

  it('are told apart by what they say', async () => {
    const commands = await readCommands(reader, session, { from: 2, limit: 10 });
    expect(positions(commands)).toEqual([4, 5]);
    expect(positions(await readResponses(reader, session, [1, 4, 5]))).toEqual([2, 7]);
    expect(await readPendingCommands(reader, session, 7)).toEqual([4, 5]);
    expect(await readPendingCommands(reader, session, 9)).toEqual([5]);
    expect(await readPendingCommands(reader, session, 3)).toEqual([1]);
    expect(await readPendingCommands(reader, session, 1)).toEqual([]);
    expect(positions(await readTransactionCandidates(reader, session, 9, 5))).toEqual([2]);
    expect(await readTransactionCandidates(reader, session, 2, 5)).toEqual([]);
    const failed = await readFailedResponse(reader, session, { after: 2, until: 9 });
    expect(failed?.position).toBe(7);
    expect(await readFailedResponse(reader, session, { after: 7, until: 9 })).toBeUndefined();
    const pieces = await readOutputPieces(reader, session, { after: 4, until: 7 }, 10);
    expect(positions(pieces)).toEqual([6]);
  });

  it('are found by time', async () => {
    const at = (seconds: bigint) =>
      readPositionAt(reader, session, START - 1000n * SECOND + seconds * SECOND);
    expect(await at(-1n)).toBe(0);
    expect(await at(0n)).toBe(1);
    expect(await at(1n)).toBe(3);
    expect(await at(3n)).toBe(7);
    expect(await at(100n)).toBe(9);
  });

  it('have their content, also what an earlier event holds', async () => {
    const [row] = await readEventsAt(reader, session, [4]);
    const envelope = fromBinary(EnvelopeSchema, row?.raw ?? new Uint8Array());
    const wanted = contentWanted(envelope, ['text', 'binds', 'input']);
    const found = await readContent(reader, wanted);
    expect(wanted.map((one) => found.get(one))).toEqual([long, binary, Buffer.alloc(0)]);
    const heads = await readContent(reader, wanted, { headBytes: 5 });
    expect(wanted.map((one) => heads.get(one)?.length)).toEqual([5, 5, 0]);
    const gone = { ...wanted[0], heldAt: 8, index: 0, stream: envelope.stream };
    expect(found.get({ position: 4, kind: 'text', length: 1, ...gone })).toBeUndefined();
  });

  it('lack a piece of which a part is missing', async () => {
    const stream = new StreamFixture(`session/${id(101)}`, { startedAt: START - 2000n * SECOND });
    stream.append({ case: 'statementPrepared', value: {} }, [{ kind: 'text', bytes: long }]);
    await store(reader.client, stream.events);
    const wanted = stream.events.flatMap(({ envelope }) => contentWanted(envelope, ['text']));
    const read = async () => {
      const found = await readContent(reader, wanted);
      return wanted.map((one) => found.get(one)?.length);
    };
    expect(await read()).toEqual([100_000]);
    await reader.client.command({
      query: 'DELETE FROM content WHERE session_id = {id:String} AND part = 1',
      query_params: { id: id(101) },
    });
    expect(await read()).toEqual([undefined]);
  });

  it('of a topic come in commit order, in pages without repeats or holes', async () => {
    const all = await readTopic(reader, 'data', { limit: 1000 });
    const expected = [...many(), ...detailed().events];
    expect(all.slice(0, expected.length).map(({ raw }) => raw)).toEqual(
      expected.map(({ raw }) => raw),
    );
    const activity = await readTopic(reader, 'activity', { limit: 1000 });
    expect(activity).toHaveLength(25);
    for (const limit of [1, 4, 24]) {
      const paged = [];
      for (;;) {
        const after = paged.at(-1)?.place;
        const page = await readTopic(reader, 'activity', { limit, ...(after && { after }) });
        paged.push(...page);
        if (page.length < limit) break;
      }
      expect(paged).toEqual(activity);
    }
    const late = await readTopic(reader, 'activity', { limit: 1000, from: START + 20n * SECOND });
    expect(positions(late)).toEqual([20, 21, 22, 23, 24]);
    expect(await readTopic(reader, 'control', { limit: 10 })).toEqual([]);
  });

  it('end when they are no longer wanted', async () => {
    const stop = new AbortController();
    const ended = readEvents({ ...reader, signal: stop.signal }, session, { from: 0, limit: 10 });
    stop.abort();
    await expect(ended).rejects.toThrow();
  });
});

describe('a timeline', () => {
  it('has density, marks and idle stretches', async () => {
    const session = await readSession(reader, id(100));
    if (session === undefined) throw new Error('session 100 is missing');
    const timeline = await readTimeline(reader, session, { slices: 7 });
    expect(timeline).toEqual({
      durationNs: 7_000_000_000,
      open: true,
      density: [3, 4, 0, 0, 0, 0, 2],
      marks: [
        { t: 0, position: 0, lane: 'state', label: 'opened' },
        { t: 1e9, position: 1, lane: 'command', label: 'query' },
        { t: 2e9, position: 4, lane: 'command', label: 'execute' },
        { t: 7e9, position: 7, lane: 'error', label: '42P01' },
        { t: 7e9, position: 8, lane: 'limit', label: 'outputPerResponse' },
      ],
      marksLeftOut: 1,
      idle: [[2e9, 7e9]],
    });
  });

  it('goes as far as it is to, though nothing happens there', async () => {
    const session = await readSession(reader, id(100));
    if (session === undefined) throw new Error('session 100 is missing');
    const until = session.startedAt + 14n * SECOND;
    const timeline = await readTimeline(reader, session, { slices: 7, until });
    expect(timeline).toMatchObject({ durationNs: 14e9, density: [7, 0, 0, 2, 0, 0, 0] });
    const early = { slices: 7, until: session.startedAt };
    expect((await readTimeline(reader, session, early)).durationNs).toBe(7e9);
  });

  it('of a session of no duration is one slice', async () => {
    const session = await readSession(reader, id(3));
    if (session === undefined) throw new Error('session 3 is missing');
    const timeline = await readTimeline(reader, session, { slices: 10 });
    expect(timeline.density).toEqual([4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(timeline.marks.map(({ lane }) => lane)).toEqual(['state', 'command', 'state']);
    expect(timeline.marks[2]).toMatchObject({ label: 'log-failed' });
  });
});
