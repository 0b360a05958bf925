import { readFile } from 'node:fs/promises';
import { encodeQuery } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Credential, Lease, Target } from '../src/index.js';
import { RawClient, errorOf, letters } from './raw-client.js';
import { Rig, credentialOf, makeToken, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const SHIPPED = new URL('../../../deploy/policies/read-only.cedar', import.meta.url);

let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget();
  const { host, port, username: user, password } = target;
  const admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  for (const name of ['reader', 'writer', 'leased-1', 'leased-2']) {
    await admin.query(`create role "${name}" superuser login password 'of-${name}'`);
  }
  await admin.query('create schema "leased-1"');
  for (const schema of ['public', '"leased-1"']) {
    const does = schema === 'public' ? 'select 1' : 'create table public.evil (); select 1';
    const volatility = schema === 'public' ? 'immutable' : 'volatile';
    await admin.query(
      `create function ${schema}.f() returns int language sql ${volatility} as '${does}'`,
    );
  }
  await admin.end();
});
afterAll(() => target.remove());
afterEach(() => rig.stop());

const userOf = (name: string): Credential => credentialOf(name, `of-${name}`);

async function start(change: Partial<Target>, more: Partial<Parameters<typeof Rig.start>[0]> = {}) {
  rig = await Rig.start({ targets: [targetAt(target, change)], ...more });
}

async function login(identity: string, groups: readonly string[] = []): Promise<RawClient> {
  const password = await makeToken(identity, undefined, undefined, { groups });
  return RawClient.login({ ...(await rig.login(identity)), password });
}

async function userOfSession(client: RawClient): Promise<string> {
  const answer = await client.ask(encodeQuery('select current_user'));
  return (
    answer
      .find(({ type }) => type === 'D')
      ?.body.subarray(6)
      .toString() ?? ''
  );
}

describe('credentials of groups', () => {
  const groupCredentials = [
    { group: 'dba', credential: userOf('writer') },
    { group: 'analysts', credential: userOf('reader') },
  ];

  it.each([
    [['dba'], 'writer'],
    [['analysts'], 'reader'],
    [['analysts', 'dba'], 'writer'],
    [['others'], 'app'],
  ])('an identity in %j is %s, and the record says so', async (groups, user) => {
    await start({ groupCredentials });
    const client = await login(`ci/${user}`, groups);
    expect(await userOfSession(client)).toBe(user);
    client.close();
    const { opened } = await rig.session(`ci/${user}`);
    expect(opened).toMatchObject({ targetUser: user, credentialReference: 'env:TEST' });
  });

  it('are the only ones where there is no other', async () => {
    await start({ groupCredentials, credential: undefined });
    const client = await login('ci/stranger', ['others']);
    const error = errorOf(client.messages.at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '42501' });
    expect(error.message).toContain('STENO-4040');
    const [refused] = await until('it is recorded', async () => {
      const found = (await rig.events('activity')).filter(({ type }) => type === 'login.refused');
      return found.length > 0 ? found : undefined;
    });
    expect(refused?.envelope.facts.value).toMatchObject({
      code: 'STENO-4040',
      claimedSubject: 'ci/stranger',
    });
    expect(await rig.sessions('ci/stranger')).toEqual([]);
  });

  it('are declared with the target', async () => {
    await start({ groupCredentials, credential: undefined });
    const declared = (await rig.events('control')).find(({ type }) => type === 'target.declared');
    expect(declared?.envelope.facts.value).toMatchObject({
      credentialUsername: '',
      groupCredentials: [
        { group: 'dba', username: 'writer', reference: 'env:TEST' },
        { group: 'analysts', username: 'reader' },
      ],
    });
  });
});

/** Users that are made for one session each. */
class Leasing implements Credential {
  readonly username = undefined;
  readonly reference = 'vault:database/test';
  readonly released: string[] = [];
  lose: (why: string) => void = () => undefined;
  private count = 0;

  readonly lease = (): Promise<Lease> => {
    this.count += 1;
    const username = `leased-${this.count}`;
    const lost = new Promise<string>((resolve) => (this.lose = resolve));
    const hold = { lost, release: () => this.released.push(username) };
    return Promise.resolve({ username, password: `of-${username}`, hold });
  };
}

describe('a credential for one session', () => {
  it('is given back at its end', async () => {
    const credential = new Leasing();
    await start({ credential });
    const client = await login('ci/leased');
    expect(await userOfSession(client)).toBe('leased-1');
    expect(credential.released).toEqual([]);
    client.close();
    const { opened } = await rig.session('ci/leased');
    expect(opened).toMatchObject({
      targetUser: 'leased-1',
      credentialReference: 'vault:database/test',
    });
    await until('it is given back', () => credential.released[0]);
  });

  it('is given back where the target does not take it', async () => {
    const credential = new Leasing();
    await start({ credential, database: 'nowhere' });
    await (await login('ci/declined')).rest();
    expect((await rig.session('ci/declined')).closed.reason).toBe('target-declined');
    await until('it is given back', () => credential.released[0]);
  });

  it('ends the session with it, if it is lost', async () => {
    const credential = new Leasing();
    await start({ credential });
    const client = await login('ci/lost');
    credential.lose('Vault has ended the lease');
    const error = errorOf((await client.until('E')).at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '57P01' });
    expect(error.message).toContain('STENO-4041');
    await client.rest();
    expect((await rig.session('ci/lost')).closed).toMatchObject({
      reason: 'credential-expired',
      detail: 'Vault has ended the lease',
    });
  });

  it('that cannot be had leaves a record without a user', async () => {
    const lease = () => Promise.reject(new Error('Vault answered 503'));
    await start({ credential: { username: undefined, reference: 'vault:database/x', lease } });
    const client = await login('ci/none');
    expect(errorOf(client.messages.at(-1)).message).toContain('STENO-4023');
    await client.rest();
    const { opened, closed } = await rig.session('ci/none');
    expect(opened).toMatchObject({ targetUser: '', credentialReference: 'vault:database/x' });
    expect(closed).toMatchObject({
      reason: 'credential-unavailable',
      detail: 'Vault answered 503',
    });
  });

  it('does not hide where the names of its user lead', async () => {
    const policies = [{ name: 'read-only.cedar', text: await readFile(SHIPPED, 'utf8') }];
    const credential = new Leasing();
    await start({ credential }, { policies });
    const client = await login('ci/shadowed');
    // The catalog was read as another user, for whom f is the one of public.
    await until('the reader gave its own back', () => credential.released[0]);
    expect(letters(await client.ask(encodeQuery('select pg_catalog.length(current_user)')))).toBe(
      'TDCZ',
    );
    expect(errorOf((await client.ask(encodeQuery('select f()')))[0]).sqlstate).toBe('42501');
    client.close();
  });
});
