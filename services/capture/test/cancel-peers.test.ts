import { randomBytes } from 'node:crypto';
import { MemoryLog } from '@steno/event-log/memory';
import type { InstanceRole, Origin } from '@steno/sessions';
import { encodeCancelRequest, encodeQuery } from '@steno/wire-postgres';
import type { BackendKey } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tagOfBoot } from '../src/protocols/postgres/cancel-keys.js';
import { CLIENT, reach } from './balanced.js';
import type { Way } from './balanced.js';
import { TestAuthority, showing } from './certificates.js';
import { cancelKey, errorOf } from './raw-client.js';
import type { RawClient } from './raw-client.js';
import { BACKEND_PASSWORD, Rig, TestInstallation, startTarget, targetAt, until } from './rig.js';
import type { RigOptions, TestTarget } from './rig.js';

const authority = new TestAuthority('test authority');
let target: TestTarget;
let direct: pg.Client;
beforeAll(async () => {
  target = await startTarget();
  const { host, port } = target;
  const login = { user: target.username, password: BACKEND_PASSWORD, database: 'postgres' };
  direct = new pg.Client({ host, port, ...login });
  await direct.connect();
});
afterAll(async () => {
  await direct.end();
  await target.remove();
});

const sleeping = (mark: string) => `select pg_sleep(60), '${mark}'`;

async function isRunning(mark: string): Promise<boolean> {
  const text = `select from pg_stat_activity
    where state = 'active' and wait_event = 'PgSleep' and query like $1`;
  const { rowCount } = await direct.query(text, [`%'${mark}'%`]);
  return rowCount === 1;
}

/** Of which each capture has a tag of its own; one pair in a thousand would share one. */
class Apart extends TestInstallation {
  private readonly tags = new Set<number>();

  override origin(instance: string, role: InstanceRole): Origin {
    for (;;) {
      const origin = super.origin(instance, role);
      const tag = tagOfBoot(origin.boot);
      if (this.tags.has(tag)) continue;
      this.tags.add(tag);
      return origin;
    }
  }
}

/** Two captures of one service. */
class Service {
  private constructor(
    readonly a: Rig,
    readonly b: Rig,
    private readonly way: Omit<Way, 'port'>,
  ) {}

  static async start(
    gateways: { a: RigOptions['gateway']; b: RigOptions['gateway'] },
    way: Omit<Way, 'port'>,
  ): Promise<Service> {
    const log = new MemoryLog();
    const installation = new Apart();
    const common = { targets: [targetAt(target)], log, installation };
    const a = await Rig.start({ ...common, instance: 'capture-a', gateway: gateways.a });
    const b = await Rig.start({ ...common, instance: 'capture-b', gateway: gateways.b });
    return new Service(a, b, way);
  }

  /** A session that sleeps, and the key to wake it. */
  async sleeper(at: Rig, mark: string): Promise<{ client: RawClient; key: BackendKey }> {
    const client = await reach({ port: at.port, ...this.way });
    await client.login(await at.login(`ci/${mark}`), { minor: 2 });
    client.send(encodeQuery(sleeping(mark)));
    await until(`${mark} sleeps`, async () => ((await isRunning(mark)) ? true : undefined));
    return { client, key: cancelKey(client) };
  }

  /** Sends a cancel request and waits until it was dealt with; nothing is said to it. */
  async cancel(at: Rig, { processId, secretKey }: BackendKey): Promise<void> {
    const client = await reach({ port: at.port, ...this.way });
    client.send(encodeCancelRequest(processId, secretKey));
    expect(await client.rest()).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.b.stop();
    await this.a.stop();
  }
}

/** That the sleep of this client was given up. */
async function expectCancelled(client: RawClient): Promise<void> {
  const answer = await client.until('Z');
  expect(errorOf(answer.find(({ type }) => type === 'E')).sqlstate).toBe('57014');
  client.close();
}

const certificate = showing(authority.issue('127.0.0.1'));
const WAYS: readonly [string, RigOptions['gateway'], Omit<Way, 'port'>][] = [
  ['in clear', {}, {}],
  ['with TLS', { tls: certificate }, { ca: authority.cert }],
  ['with PROXY headers', { proxyProtocol: true, insecure: true }, { from: CLIENT }],
  [
    'with both',
    { proxyProtocol: true, tls: certificate },
    { from: { address: '2001:db8::7', port: 443 }, ca: authority.cert },
  ],
];

describe.each(WAYS)('a cancel request at another capture, %s,', (name, gateway, way) => {
  it('reaches the session, in both directions', async () => {
    const service = await Service.start({ a: gateway, b: gateway }, way);
    const { a, b } = service;
    const atA = await service.sleeper(a, `${name} a`);
    const { processId, secretKey } = atA.key;
    await service.cancel(b, { processId, secretKey: randomBytes(secretKey.length) });
    await service.cancel(b, { processId: processId ^ 1, secretKey });
    await service.cancel(b, { processId: 0x7fff_ffff, secretKey: randomBytes(4) });
    expect(await isRunning(`${name} a`)).toBe(true);
    await service.cancel(b, atA.key);
    await expectCancelled(atA.client);
    // A hears of B, which came later, while it runs.
    const atB = await service.sleeper(b, `${name} b`);
    await until('A has heard of B', async () => {
      await service.cancel(a, atB.key);
      return (await isRunning(`${name} b`)) ? undefined : true;
    });
    await expectCancelled(atB.client);
    await service.stop();
    expect([...a.warnings, ...b.warnings]).toEqual([]);
  });
});

describe('a cancel request at another capture', () => {
  it('is not entrusted to one with another certificate', async () => {
    const gateways = { a: { tls: certificate }, b: { tls: showing(authority.issue('127.0.0.1')) } };
    const service = await Service.start(gateways, { ca: authority.cert });
    const { client, key } = await service.sleeper(service.a, 'mistrusted');
    await service.cancel(service.b, key);
    expect(await isRunning('mistrusted')).toBe(true);
    await service.cancel(service.a, key);
    await expectCancelled(client);
    await service.stop();
  });

  it('goes to where the configuration says that the other is reached', async () => {
    // Not where A listens, so nobody is there.
    const peer = { host: '127.0.0.1', port: 1 };
    const service = await Service.start({ a: { peer }, b: {} }, {});
    const { client, key } = await service.sleeper(service.a, 'elsewhere');
    await service.cancel(service.b, key);
    expect(await isRunning('elsewhere')).toBe(true);
    await service.cancel(service.a, key);
    await expectCancelled(client);
    await service.stop();
    const peers = (await service.a.events('control')).flatMap(({ envelope: { facts } }) =>
      facts.case === 'instanceStarted' ? [facts.value.peer] : [],
    );
    expect(peers).toEqual(['127.0.0.1:1', `127.0.0.1:${service.b.port}`]);
  });
});
