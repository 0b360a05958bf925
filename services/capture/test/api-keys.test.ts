import { hash, randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { BootStream } from '@steno/event-log';
import { KeyIssuedSchema, KeyRevokedSchema } from '@steno/proto';
import { KEY_ISSUER, generatedFacts, newKeyText } from '@steno/sessions';
import type { Facts } from '@steno/sessions';
import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient, errorOf, letters } from './raw-client.js';
import { startTarget, until } from './rig.js';
import type { Login, Rig, TestTarget } from './rig.js';
import { refusalOf, textOf, withService } from './two-captures.js';
import type { Service } from './two-captures.js';

let target: TestTarget;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.remove());

const SECOND_NS = 1_000_000_000n;

class TestKey {
  readonly text = newKeyText();
  readonly keyId = randomUUID();

  constructor(
    readonly name: string,
    readonly identity: string,
  ) {}

  issued(expiresAt: bigint): Facts {
    const message = create(KeyIssuedSchema, {
      keyId: this.keyId,
      name: this.name,
      identity: this.identity,
      owner: 'olga',
      groups: ['loaders'],
      keyDigest: hash('sha256', this.text, 'buffer'),
      expiresAt,
      actor: 'ann',
    });
    return generatedFacts('keyIssued', KeyIssuedSchema, message);
  }

  revoked(): Facts {
    const { keyId, name } = this;
    const facts = { keyId, name, actor: 'ann', reason: 'it was leaked' };
    const message = create(KeyRevokedSchema, facts);
    return generatedFacts('keyRevoked', KeyRevokedSchema, message);
  }
}

function loginBy(rig: Rig, password: string): Login {
  return { host: '127.0.0.1', port: rig.port, user: 'any', database: 'shop', password };
}

/** A key that both captures know. */
async function issue(service: Service, key: TestKey, seconds = 60n): Promise<TestKey> {
  await service.say(key.issued(service.now + seconds * SECOND_NS));
  for (const rig of [service.a, service.b]) {
    await until('the key is known', async () =>
      (await refusalOf(loginBy(rig, key.text)))?.message.includes('STENO-4064') ? undefined : true,
    );
  }
  return key;
}

describe('a key of a bot', () => {
  it('opens sessions, whose record says whose it is and not what it is', async () => {
    await withService(target, {}, async (service) => {
      const { a } = service;
      const key = await issue(service, new TestKey('loader', 'etl/loader'));
      const client = await RawClient.login(loginBy(a, key.text));
      expect(letters(await client.ask(encodeQuery('select 1')))).toBe('TDCZ');
      client.close();
      const [session] = await a.sessions('etl/loader');
      expect(session?.opened).toMatchObject({
        issuer: KEY_ISSUER,
        subject: 'loader',
        provenBy: 'api-key',
        groups: ['loaders'],
        tokenFingerprint: hash('sha256', key.text, 'buffer').subarray(0, 16),
      });
      for (const topic of ['data', 'control', 'activity'] as const) {
        for (const { envelope, contents } of await a.events(topic)) {
          const bytes = contents.map((content) => content.bytes.toString('latin1'));
          const told = textOf(envelope) + bytes.join();
          expect(told).not.toContain(key.text.slice(0, 40));
        }
      }
    });
  });

  it('opens none once it is over, nor does one that nobody issued', async () => {
    await withService(target, {}, async (service) => {
      const { a } = service;
      const [once, never] = [new TestKey('once', 'etl/once'), newKeyText()];
      await service.say(once.issued(service.now - SECOND_NS));
      await issue(service, new TestKey('later', 'etl/later'));
      expect(await refusalOf(loginBy(a, once.text))).toMatchObject({
        sqlstate: '28P01',
        message: expect.stringContaining('STENO-4065') as string,
      });
      expect((await refusalOf(loginBy(a, never)))?.message).toContain('STENO-4064');
      const slip = never.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
      expect((await refusalOf(loginBy(a, slip)))?.message).toContain('STENO-4064');
    });
  });

  it('is for the inventory to let in or keep out', async () => {
    await withService(target, { registration: 'required' }, async (service) => {
      const key = await issue(service, new TestKey('loader', 'etl/loader'));
      expect((await refusalOf(loginBy(service.a, key.text)))?.message).toContain('STENO-4038');
    });
  });
});

describe('revoking a key', () => {
  it('cuts the sessions that it opened on every capture, and no others', async () => {
    await withService(target, {}, async (service) => {
      const { a, b } = service;
      const key = await issue(service, new TestKey('loader', 'etl/loader'));
      const other = await issue(service, new TestKey('second', 'etl/loader'));
      const cut = await Promise.all([a, b].map((rig) => RawClient.login(loginBy(rig, key.text))));
      cut[1]?.send(encodeQuery('select pg_sleep(60)'));
      const kept = await RawClient.login(loginBy(b, other.text));
      await service.say(key.revoked());
      for (const client of cut) {
        const error = errorOf((await client.until('E')).at(-1));
        expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '28000' });
        expect(error.message).toContain('STENO-4066');
        expect(JSON.stringify(error)).not.toContain('leaked');
        await client.rest();
      }
      expect(letters(await kept.ask(encodeQuery('select 1')))).toBe('TDCZ');
      kept.close();
      const closed = await until('both are closed', async () => {
        const all = (await a.sessions('etl/loader')).filter(({ opened, types }) => {
          return opened.subject === 'loader' && types.includes('session.closed');
        });
        const byKey = all.filter(({ closed: { reason } }) => reason === 'key-revoked');
        return byKey.length === 2 ? byKey : undefined;
      });
      for (const { closed: end } of closed) {
        expect(end).toMatchObject({ actor: 'ann', detail: 'it was leaked' });
      }
      expect((await refusalOf(loginBy(a, key.text)))?.message).toContain('STENO-4065');
    });
  });

  it('is for the api alone, and so is issuing one', async () => {
    await withService(target, {}, async (service) => {
      const { a } = service;
      const forged = new TestKey('forged', 'root');
      const stream = new BootStream(a.log, 'control', a.installation.origin('w-1', 'worker'));
      await stream.record(forged.issued(service.now + 60n * SECOND_NS));
      stream.committer.stop();
      await issue(service, new TestKey('later', 'etl/later'));
      expect((await refusalOf(loginBy(a, forged.text)))?.message).toContain('STENO-4064');
    });
  });
});
