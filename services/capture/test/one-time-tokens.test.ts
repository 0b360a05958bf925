import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuerSettings } from '../src/index.js';
import { FailingLog } from './failing-log.js';
import { RawClient } from './raw-client.js';
import { AUDIENCE, Rig, TestInstallation, makeToken, publicJwk, startTarget } from './rig.js';
import { targetAt, until } from './rig.js';
import type { Login, TestTarget } from './rig.js';
import { refusalOf, textOf, withService } from './two-captures.js';

const ONCE = 'urn:test:once';
let target: TestTarget;
let directory: string;
let issuers: readonly IssuerSettings[];

beforeAll(async () => {
  target = await startTarget();
  directory = await mkdtemp(join(tmpdir(), 'steno-once-'));
  const path = join(directory, 'jwks.json');
  await writeFile(path, JSON.stringify({ keys: [publicJwk] }));
  const issuer: IssuerSettings = {
    issuer: ONCE,
    audience: [AUDIENCE],
    algorithms: ['ES256'],
    keys: { kind: 'file', path },
    identity: '${sub}',
    claims: [],
    groups: 'groups',
    maxAgeMs: 3_600_000,
    oneTime: true,
  };
  issuers = [issuer];
});
afterAll(async () => {
  await target.remove();
  await rm(directory, { recursive: true, force: true });
});

const tokenFor = (identity: string, change: (jwt: SignJWT) => SignJWT = (jwt) => jwt) =>
  makeToken(identity, (jwt) => change(jwt.setIssuer(ONCE).setJti(randomUUID())));

function loginBy(rig: Rig, password: string, database = 'shop'): Login {
  return { host: '127.0.0.1', port: rig.port, user: 'any', database, password };
}

describe('a one-time token', () => {
  it('opens one session, on whichever capture', async () => {
    await withService(target, { issuers }, async ({ a, b }) => {
      const token = await tokenFor('ci/once');
      const client = await RawClient.login(loginBy(a, token));
      expect(client.messages.at(-1)?.type).toBe('Z');
      client.close();
      for (const rig of [a, b]) {
        expect(await refusalOf(loginBy(rig, token))).toMatchObject({
          severity: 'FATAL',
          sqlstate: '28000',
          message: expect.stringContaining('STENO-4062') as string,
        });
      }
      expect(await refusalOf(loginBy(b, await tokenFor('ci/once')))).toBeUndefined();
    });
  });

  it('opens one where many try at the same time', async () => {
    await withService(target, { issuers }, async ({ a, b }) => {
      const token = await tokenFor('ci/race');
      const tries = Array.from({ length: 12 }, (_, n) => refusalOf(loginBy(n % 2 ? a : b, token)));
      const refusals = await Promise.all(tries);
      expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(1);
      expect(await a.sessions('ci/race')).toHaveLength(1);
    });
  });

  it('is spent for a capture that starts later, whatever became of the first', async () => {
    const installation = new TestInstallation();
    const targets = [targetAt(target)];
    const first = await Rig.start({ targets, installation, issuers });
    const token = await tokenFor('ci/once');
    expect(await refusalOf(loginBy(first, token))).toBeUndefined();
    await first.capture.stop();
    const again = { targets, installation, issuers, log: first.log, instance: 'capture-2' };
    const second = await Rig.start(again);
    expect((await refusalOf(loginBy(second, token)))?.message).toContain('STENO-4062');
    await second.stop();
  });

  it('is kept by whoever may have no session', async () => {
    await withService(target, { issuers }, async ({ a }) => {
      const token = await tokenFor('ci/lost');
      expect((await refusalOf(loginBy(a, token, 'nowhere')))?.message).toContain('STENO-4005');
      expect(await refusalOf(loginBy(a, token))).toBeUndefined();
    });
  });

  it('needs something to be told apart by, and has to be young', async () => {
    await withService(target, { issuers }, async ({ a }) => {
      const nameless = await makeToken('ci/x', (jwt) => jwt.setIssuer(ONCE));
      expect((await refusalOf(loginBy(a, nameless)))?.message).toContain('STENO-4061');
      const old = await tokenFor('ci/x', (jwt) => jwt.setIssuedAt('-2h'));
      expect((await refusalOf(loginBy(a, old)))?.message).toContain('STENO-4060');
      const coming = await tokenFor('ci/x', (jwt) => jwt.setIssuedAt('2h'));
      expect((await refusalOf(loginBy(a, coming)))?.message).toContain('STENO-2006');
    });
  });

  it('is told in the log by a digest under a key', async () => {
    await withService(target, { issuers }, async ({ a }) => {
      const jti = randomUUID();
      const token = await tokenFor('ci/told', (jwt) => jwt.setJti(jti));
      expect(await refusalOf(loginBy(a, token))).toBeUndefined();
      const spent = (await a.events('control')).flatMap(({ envelope: { facts } }) =>
        facts.case === 'tokenSpent' ? [facts.value] : [],
      );
      expect(spent).toMatchObject([{ identity: 'ci/told', target: 'shop' }]);
      expect(spent[0]?.tokenDigest).toHaveLength(32);
      const told = [...(await a.events('control')), ...(await a.events('data'))];
      for (const { envelope } of told) {
        expect(textOf(envelope)).not.toContain(jti);
      }
    });
  });
});

describe('where control takes nothing', () => {
  it('a one-time token opens no session, and says why', async () => {
    const log = new FailingLog();
    const rig = await Rig.start({ targets: [targetAt(target)], issuers, log });
    log.failingTopic = 'control';
    log.failing = true;
    const told = await refusalOf(loginBy(rig, await tokenFor('ci/away')));
    expect(told).toMatchObject({ sqlstate: '58030' });
    expect(told?.message).toContain('STENO-4063');
    expect(await rig.sessions('ci/away')).toEqual([]);
    log.failing = false;
    await until('it takes again', async () =>
      (await refusalOf(loginBy(rig, await tokenFor('ci/back')))) === undefined ? true : undefined,
    );
    await rig.stop();
  });
});
