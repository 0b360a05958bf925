import type { Page, SealedBoxView, SealedCredentialView } from '@steno/proto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN, bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.stop());

const box = { keyId: '0123456789abcdef', wrappedKey: 'AQID', ciphertext: 'BAUG' };
const as = (token: string) => ({ authorization: `Bearer ${token}` });
const post = (name: string, body: object, token = TOKEN) =>
  supertest(test.api.url).post(`/api/credentials/${name}`).set(as(token)).send(body);
const get = (path = '') => supertest(test.api.url).get(`/api/credentials${path}`).set(as(TOKEN));

describe('sealed credentials', () => {
  it('are kept as they come, one version after the other, and removed', async () => {
    const first = await post('orders', { ...box, version: 1 });
    expect(first.status).toBe(200);
    expect(bodyOf<SealedCredentialView>(first)).toMatchObject({
      name: 'orders',
      version: 1,
      keyId: box.keyId,
    });
    const again = { ...box, ciphertext: 'BwgJ', version: 2 };
    expect((await post('orders', again)).status).toBe(200);
    const known = bodyOf<SealedBoxView>(await get('/orders'));
    expect(known).toMatchObject({ name: 'orders', nextVersion: 3, sealed: again });
    const { items } = bodyOf<Page<SealedCredentialView>>(await get());
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).not.toContain('BwgJ');
    const removed = await supertest(test.api.url).delete('/api/credentials/orders').set(as(TOKEN));
    expect(removed.status).toBe(204);
    const gone = bodyOf<SealedBoxView>(await get('/orders'));
    expect(gone).toMatchObject({ nextVersion: 3, sealed: null });
    const absent = await supertest(test.api.url).delete('/api/credentials/orders').set(as(TOKEN));
    expect(refusal(absent)).toEqual([404, 'STENO-3040']);
  });

  it.each([0, 2])('are not taken as version %d where none is there', async (version) => {
    const expected = version === 0 ? [400, 'STENO-3002'] : [409, 'STENO-3041'];
    expect(refusal(await post('fresh', { ...box, version }))).toEqual(expected);
  });

  it('of two that are sent at once, one is taken', async () => {
    const answers = await Promise.all([
      post('raced', { ...box, version: 1 }),
      post('raced', { ...box, ciphertext: 'BwgJ', version: 1 }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it.each([
    ['a b', box],
    ['x', { ...box, keyId: 'short' }],
    ['x', { ...box, ciphertext: 'not base64!' }],
    ['x', { ...box, ciphertext: 'A'.repeat(9_000) }],
    ['x', { ...box, secret: 'hunter2' }],
  ])('are not taken where %j is wrong', async (name, body) => {
    const answer = await post(encodeURIComponent(name), { ...body, version: 1 });
    expect(refusal(answer)).toEqual([400, 'STENO-3002']);
    expect(answer.text).not.toContain('hunter2');
  });
});
