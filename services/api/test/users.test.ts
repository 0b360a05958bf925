import type { NewUserView, Page, UserView } from '@steno/proto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN, bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.stop());

const agent = () => supertest(test.api.url);
const origin = () => test.api.url;

describe('users', () => {
  const admin = () => ({ authorization: `Bearer ${TOKEN}` });
  const add = (body: object) => agent().post('/api/users').set(admin()).send(body);
  const meBy = (token: string) => agent().get('/api/me').set('authorization', `Bearer ${token}`);

  it('are added with a token that is shown once, and removed with it', async () => {
    const added = bodyOf<NewUserView>(await add({ name: 'Ann B', roles: ['approver'] }));
    expect(added).toMatchObject({ user: 'Ann B', roles: ['approver'], groups: ['approvers'] });
    expect(added.token).toMatch(/^steno_pat_[\w-]{43}$/);
    expect((await meBy(added.token)).body).toEqual({
      actor: 'Ann B',
      roles: ['approver'],
      groups: ['approvers'],
    });
    const again = bodyOf<NewUserView>(await add({ name: 'Ann B', roles: ['auditor'], days: 1 }));
    expect((await meBy(added.token)).status).toBe(401);
    const listed = bodyOf<Page<UserView>>(await agent().get('/api/users').set(admin())).items;
    expect(listed.filter(({ user }) => user === 'Ann B')).toHaveLength(1);
    expect(JSON.stringify(listed)).not.toContain(again.token);
    expect((await agent().delete('/api/users/Ann%20B').set(admin())).status).toBe(204);
    expect((await meBy(again.token)).status).toBe(401);
  });

  it('have a token for a time', async () => {
    const { token } = bodyOf<NewUserView>(await add({ name: 'ed', roles: ['auditor'], days: 1 }));
    test.clock.now += 86_400_000;
    expect((await meBy(token)).status).toBe(401);
  });

  it('sign in to the console by a code of their own, until they are removed', async () => {
    const { token } = bodyOf<NewUserView>(await add({ name: 'eve', roles: ['auditor'] }));
    const made = await agent().post('/api/sign-in-codes').set('authorization', `Bearer ${token}`);
    const { code } = bodyOf<{ code: string }>(made);
    const answer = await agent().post('/api/sign-in').set('origin', origin()).send({ code });
    const cookie = String(answer.headers['set-cookie']);
    const me = () => agent().get('/api/me').set('cookie', cookie);
    expect((await me()).body).toMatchObject({ actor: 'eve', roles: ['auditor'] });
    await agent().delete('/api/users/eve').set(admin());
    expect((await me()).status).toBe(401);
  });

  it.each([
    { name: 'local-admin', roles: ['admin'] },
    { name: '', roles: ['admin'] },
    { name: 'x\ny', roles: ['admin'] },
    { name: 'x', roles: ['emperor'] },
    { name: 'x', roles: [] },
    { name: 'x', roles: ['admin'], days: 0 },
    { name: 'x', roles: ['admin'], groups: ['a/b'] },
  ])('are not %j', async (body) => {
    expect(refusal(await add(body))).toEqual([400, 'STENO-3002']);
  });
});
