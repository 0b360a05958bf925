import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeStoreClient,
  migrate,
  readSession,
  readTimeline,
  startEmbeddedStore,
} from '../src/index.js';
import type { EmbeddedStore, StoreReader } from '../src/index.js';
import { StreamFixture, store } from './stored-session.js';

const START = 1_795_000_000_000_000_000n;
const SECOND = 1_000_000_000n;
const ID = '0199a5c0-0000-7000-8000-000000000101';

let directory: string;
let server: EmbeddedStore;
let reader: StoreReader;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-lanes-'));
  server = await startEmbeddedStore({ directory });
  const { url, username, password } = server;
  const client = makeStoreClient({ url, username, password, database: 'steno' });
  reader = { client, tenant: 'default' };
  const root = createClient({ url, username, password });
  await migrate(root, 'steno', { eventsDays: 0, contentDays: 0 });
  await root.close();
  await store(client, judged().events);
});

afterAll(async () => {
  await reader.client.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

/** A session with what policies and people did to it. */
function judged() {
  const stream = new StreamFixture(`session/${ID}`, {
    identity: 'judged',
    target: 'judged',
    startedAt: START,
  });
  const command = (effect: string, more: object = {}) => {
    stream.now += SECOND;
    const decision = { effect, rule: 'r', ...more };
    return stream.append({ case: 'commandSubmitted', value: { kind: 'query', decision } });
  };
  const decided = (of: number, outcome: string) => {
    stream.now += SECOND / 2n;
    const value = { command: BigInt(of), outcome, actor: 'ann', reason: 'fine' };
    stream.append({ case: 'commandDecided', value });
  };
  stream.append({ case: 'sessionOpened', value: { protocol: 'postgres' } });
  command('allow');
  command('deny');
  // Asked for and answered within one slice, and the next one asked for in it too.
  decided(command('hold', { approval: 'a1' }), 'granted');
  decided(command('hold', { approval: 'a2' }), 'refused');
  command('allow', { approval: 'a1' });
  const count = (type: string, of: number) => ({ type, count: BigInt(of) });
  stream.append({
    case: 'responseCompleted',
    value: { command: 7n, status: 'ok', masked: [count('email', 3), count('iban', 1)] },
  });
  stream.append({
    case: 'statementPrepared',
    value: { name: 's', redacted: [count('password', 1)] },
  });
  stream.now += 1000n * SECOND;
  command('hold', { approval: 'a3' });
  return stream;
}

describe('a timeline', () => {
  it('has decisions, approvals from when they were asked for, masks and redactions', async () => {
    const session = await readSession(reader, ID);
    if (session === undefined) throw new Error('the session is missing');
    const { marks } = await readTimeline(reader, session, { slices: 10 });
    const told = marks
      .filter(({ lane }) => lane !== 'command' && lane !== 'state')
      .map(({ position, lane, label, outcome = '', since }) => [
        position,
        lane,
        label,
        outcome,
        since,
      ]);
    expect(told).toEqual([
      [2, 'decision', 'denied by r', 'deny', undefined],
      [3, 'decision', 'held by r', 'hold', undefined],
      [3, 'approval', 'approval asked for', 'waiting', undefined],
      [4, 'approval', 'granted by ann: fine', 'granted', 3e9],
      [5, 'decision', 'held by r', 'hold', undefined],
      [5, 'approval', 'approval asked for', 'waiting', undefined],
      [6, 'approval', 'refused by ann: fine', 'refused', 4.5e9],
      [7, 'decision', 'allowed by an earlier approval', 'allow', undefined],
      [8, 'mask', '3 email, 1 iban', '', undefined],
      [9, 'redaction', '1 password', '', undefined],
      [10, 'decision', 'held by r', 'hold', undefined],
      [10, 'approval', 'approval asked for', 'waiting', undefined],
    ]);
  });
});
