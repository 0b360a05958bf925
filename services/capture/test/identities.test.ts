import { create } from '@bufbuild/protobuf';
import { BootStream } from '@steno/event-log';
import { MemoryLog } from '@steno/event-log/memory';
import {
  IdentityApprovedSchema,
  IdentityDeclaredSchema,
  IdentityRevokedSchema,
  IdentitySuspendedSchema,
} from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Facts } from '@steno/sessions';
import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, letters } from './raw-client.js';
import { ISSUER, Rig, TestInstallation, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';
import { login, refusal, withService } from './two-captures.js';

let target: TestTarget;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.remove());

const said = { actor: 'ann', reason: 'it was leaked' };

function declared(name: string, more: object = {}): Facts {
  const facts = { name, issuer: ISSUER, owner: 'olga', ...said, ...more };
  const message = create(IdentityDeclaredSchema, facts);
  return generatedFacts('identityDeclared', IdentityDeclaredSchema, message);
}
function approved(name: string): Facts {
  const message = create(IdentityApprovedSchema, { name, ...said });
  return generatedFacts('identityApproved', IdentityApprovedSchema, message);
}
function suspended(name: string): Facts {
  const message = create(IdentitySuspendedSchema, { name, ...said });
  return generatedFacts('identitySuspended', IdentitySuspendedSchema, message);
}
function revoked(name: string): Facts {
  const message = create(IdentityRevokedSchema, { name, ...said });
  return generatedFacts('identityRevoked', IdentityRevokedSchema, message);
}

/** Looks until a fold has come as far. */
const untilRefused = (rig: Rig, identity: string) =>
  until(`${identity} is refused`, () => refusal(rig, identity));

describe('revoking an identity', () => {
  it('cuts its sessions on every capture, whatever they do, and no others', async () => {
    await withService(target, {}, async (service) => {
      const { a, b } = service;
      const idle = await login(a, 'ci/bad');
      const busy = await login(b, 'ci/bad');
      const other = await login(b, 'ci/good');
      busy.send(encodeQuery('select pg_sleep(60)'));
      await until('it runs', async () => {
        const found = (await b.sessions('ci/bad')).flatMap(({ commands }) => commands);
        return found.length > 0 ? true : undefined;
      });
      await service.say(revoked('ci/bad'));
      for (const client of [idle, busy]) {
        const error = errorOf((await client.until('E')).at(-1));
        expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '28000' });
        expect(error.message).toContain('STENO-4035');
        expect(JSON.stringify(error)).not.toContain('leaked');
        await client.rest();
      }
      expect(letters(await other.ask(encodeQuery('select 1')))).toBe('TDCZ');
      other.close();
      const records = await until('both are recorded', async () => {
        const found = await a.sessions('ci/bad');
        return found.every(({ types }) => types.includes('session.closed')) ? found : undefined;
      });
      expect(records).toHaveLength(2);
      for (const { closed } of records) {
        expect(closed).toMatchObject({ reason: 'identity-revoked', actor: 'ann' });
        expect(closed.detail).toBe('it was leaked');
      }
      expect(await refusal(a, 'ci/bad')).toMatchObject({ severity: 'FATAL', sqlstate: '28000' });
      expect(await refusal(b, 'ci/bad')).toMatchObject({ severity: 'FATAL', sqlstate: '28000' });
    });
  });

  it('keeps a capture that starts later from taking it', async () => {
    const log = new MemoryLog();
    const installation = new TestInstallation();
    const api = new BootStream(log, 'control', installation.origin('api-1', 'api'));
    await api.record(revoked('ci/bad'));
    api.committer.stop();
    const rig = await Rig.start({ targets: [targetAt(target)], log, installation });
    expect(await refusal(rig, 'ci/bad')).toMatchObject({ sqlstate: '28000' });
    expect(await refusal(rig, 'ci/good')).toBeUndefined();
    const refused = await until('it is recorded', async () => {
      const found = (await rig.events('activity')).flatMap(({ envelope: { facts } }) =>
        facts.case === 'loginRefused' ? [facts.value] : [],
      );
      return found.length > 0 ? found : undefined;
    });
    expect(refused).toMatchObject([
      { code: 'STENO-4035', claimedSubject: 'ci/bad', claimedIssuer: ISSUER },
    ]);
    await rig.stop();
  });

  it('is not for whoever is no api', async () => {
    await withService(target, {}, async (service) => {
      const { a } = service;
      const client = await login(a, 'ci/good');
      const worker = a.installation.origin('worker-1', 'worker');
      const stream = new BootStream(a.log, 'control', worker);
      await stream.record(revoked('ci/good'));
      stream.committer.stop();
      await service.say(revoked('ci/last'));
      await untilRefused(a, 'ci/last');
      expect(letters(await client.ask(encodeQuery('select 1')))).toBe('TDCZ');
      client.close();
    });
  });
});

describe('a pattern', () => {
  it('that is suspended cuts all whose subject fits', async () => {
    await withService(target, {}, async (service) => {
      const { a } = service;
      const one = await login(a, 'ci/shop/1');
      const other = await login(a, 'ci/store/1');
      await service.say(declared('shop', { subjectPattern: 'ci/shop/*' }), suspended('shop'));
      expect(errorOf((await one.until('E')).at(-1)).message).toContain('STENO-4036');
      expect(letters(await other.ask(encodeQuery('select 1')))).toBe('TDCZ');
      other.close();
    });
  });
});

describe('an expiry', () => {
  it('ends sessions when its time comes, and lets none in after it', async () => {
    await withService(target, {}, async (service) => {
      const { a } = service;
      const client = await login(a, 'ci/intern');
      const expiresAt = service.now + 1_000_000_000n;
      await service.say(declared('ci/intern', { expiresAt }), approved('ci/intern'));
      expect(errorOf((await client.until('E')).at(-1)).message).toContain('STENO-4037');
      expect(service.now).toBeGreaterThan(expiresAt);
      const record = await a.session('ci/intern');
      expect(record.closed.reason).toBe('identity-expired');
      expect(record.closed.detail).toContain('ci/intern was declared until 20');
      expect((await refusal(a, 'ci/intern'))?.sqlstate).toBe('28000');
    });
  });
});

describe('with registration required', () => {
  it('only who is declared and approved gets a session', async () => {
    await withService(target, { registration: 'required' }, async (service) => {
      const { a, b } = service;
      const first = await refusal(a, 'ci/new');
      expect(first).toMatchObject({ severity: 'FATAL', sqlstate: '28000' });
      expect(first?.message).toContain('STENO-4038');
      await service.say(declared('ci/new'));
      expect((await refusal(a, 'ci/new'))?.message).toContain('STENO-4038');
      const elsewhere = declared('ci/other', { issuer: 'urn:elsewhere' });
      await service.say(elsewhere, approved('ci/other'), approved('ci/new'));
      await until('it is let in', async () =>
        (await refusal(b, 'ci/new')) === undefined ? true : undefined,
      );
      expect((await refusal(b, 'ci/other'))?.message).toContain('STENO-4038');
      await service.say(suspended('ci/new'));
      expect((await untilRefused(b, 'ci/new')).message).toContain('STENO-4036');
    });
  });
});
