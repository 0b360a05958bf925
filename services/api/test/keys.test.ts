import { hash } from 'node:crypto';
import type { ApiKeyView, NewApiKeyView, Page } from '@steno/proto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Asker } from './asker.js';
import { RecordedSession, SECOND, START, sessionId } from './recorded-session.js';
import { bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
let asker: Asker;
beforeAll(async () => {
  test = await startTestApi();
  test.clock.now = Number(START / 1_000_000n);
  asker = new Asker(test);
});
afterAll(() => test.stop());

const make = async (name: string, identity: string) => {
  const of = { name, identity, owner: 'olga', seconds: 3600 };
  return bodyOf<NewApiKeyView>(await asker.post('/api/keys', of));
};
const keysOf = (identity: string) =>
  asker.get<Page<ApiKeyView>>(`/api/keys?identity=${encodeURIComponent(identity)}`);

it('tells of the keys of one identity when they opened a session last', async () => {
  const made = await make('loader', 'etl/loader');
  const fresh = await make('loader-2', 'etl/loader');
  const other = await make('other', 'etl/other');
  const opened = [
    { identity: 'etl/loader', startedAt: START, key: made.key },
    { identity: 'etl/loader', startedAt: START + 60n * SECOND, key: made.key },
    { identity: 'etl/loader', startedAt: START + 90n * SECOND, key: 'a token' },
    { identity: 'etl/other', startedAt: START + 99n * SECOND, key: other.key },
  ].map(({ key, ...of }, index) => {
    const tokenFingerprint = hash('sha256', key, 'buffer').subarray(0, 16);
    return new RecordedSession(sessionId(index + 1), { ...of, tokenFingerprint });
  });
  await test.store(opened.flatMap(({ events }) => events));
  const { items } = await keysOf('etl/loader');
  expect(items.map(({ name, usedAt }) => [name, usedAt])).toEqual([
    ['loader-2', null],
    ['loader', '2026-11-18T11:07:40.000000000Z'],
  ]);
  expect(items[0]).toMatchObject({ keyId: fresh.keyId, state: 'good', issuedBy: 'local-admin' });
  const query = 'identity=etl%2Floader';
  expect(test.accesses.at(-1)).toMatchObject({ action: 'list', object: 'key', query });
  expect(JSON.stringify(items)).not.toContain(made.key.slice(0, 20));
});

it('lists all of them without looking at what was recorded', async () => {
  const { items } = await asker.get<Page<ApiKeyView>>('/api/keys');
  expect(items.map(({ name }) => name)).toEqual(['loader', 'loader-2', 'other']);
  expect(items[0]).not.toHaveProperty('usedAt');
  expect((await keysOf('nobody')).items).toEqual([]);
  expect(refusal(await asker.ask('/api/keys?identity='))).toEqual([400, 'STENO-3002']);
  await test.stopStore();
  await asker.get('/api/keys');
  expect(refusal(await asker.ask('/api/keys?identity=etl/loader'))).toEqual([503, 'STENO-3008']);
});
