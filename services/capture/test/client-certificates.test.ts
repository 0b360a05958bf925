import { X509Certificate, hash } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { create } from '@bufbuild/protobuf';
import { IdentityRevokedSchema } from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Authorities, ClientTrust } from '../src/index.js';
import { TestAuthority, showing } from './certificates.js';
import type { TestCertificate } from './certificates.js';
import { Rig, makeToken, startTarget, targetAt, until } from './rig.js';
import type { RigOptions, TestTarget } from './rig.js';
import { withService } from './two-captures.js';

const HOUR_MS = 60 * 60_000;
const authority = new TestAuthority('Bots CA');
const stranger = new TestAuthority('Bots CA');
const other = new TestAuthority('Other CA');
const server = showing(authority.issue('127.0.0.1'));

let target: TestTarget;
let rig: Rig | undefined;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.remove());
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

/** The authorities that a gateway goes by, as a test changes them. */
class Trusted implements ClientTrust {
  now: Authorities = { ca: authority.cert, crl: undefined };
  readonly authorities = () => this.now;

  constructor(
    readonly identity = 'cert:${subject.CN}',
    readonly groups = 'subject.OU',
  ) {}
}

async function start(clients: ClientTrust, more: Partial<RigOptions> = {}): Promise<Rig> {
  const gateway = { tls: { ...server, clients } };
  rig = await Rig.start({ targets: [targetAt(target)], gateway, ...more });
  return rig;
}

async function connect(
  { port }: Rig,
  shown: TestCertificate | undefined,
  more: { readonly password?: string; readonly tls?: ConnectionOptions } = {},
): Promise<pg.Client> {
  const ssl = { ca: authority.cert, ...shown, ...more.tls };
  const at = { host: '127.0.0.1', port, user: 'any', database: 'shop' };
  const client = new pg.Client({ ...at, ...more, ssl });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function refusalOf(of: Rig, shown: TestCertificate): Promise<Error & { code: string }> {
  const client = await connect(of, shown).catch((error: unknown) => error);
  if (client instanceof pg.Client) throw new Error('it was let in');
  return client as Error & { code: string };
}

describe('a certificate of a client', () => {
  it('proves who it is, without a password', async () => {
    const shown = authority.issueTo({
      name: 'etl',
      units: ['Night Shift', 'loaders'],
      uris: ['spiffe://acme/etl'],
      dns: ['etl.acme.test'],
    });
    const client = await connect(await start(new Trusted()), shown);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    const { opened } = (await rig?.session('cert:etl')) ?? {};
    const { raw, validTo, serialNumber } = new X509Certificate(shown.cert);
    expect(opened).toMatchObject({
      issuer: 'x509:CN=Bots CA',
      subject: 'spiffe://acme/etl',
      provenBy: 'certificate',
      groups: ['Night Shift', 'loaders'],
      tokenFingerprint: hash('sha256', raw, 'buffer').subarray(0, 16),
      tokenExpiresAt: BigInt(Date.parse(validTo)) * 1_000_000n,
    });
    const claims = new Map(opened?.claims.map(({ name, value }) => [name, value]));
    expect(claims.get('serial')).toBe(serialNumber);
    expect(claims.get('san.dns')).toBe('etl.acme.test');
  });

  it('is named by what the gateway is told to', async () => {
    const started = await start(new Trusted('${san.uri}', 'san.dns'));
    const shown = authority.issueTo({ name: '', uris: ['spiffe://a/b'], dns: ['x', 'y'] });
    await (await connect(started, shown)).end();
    const { opened } = await started.session('spiffe://a/b');
    expect(opened).toMatchObject({ subject: 'spiffe://a/b', groups: ['x', 'y'] });
  });

  it('goes before a token; without one a token is asked for', async () => {
    const started = await start(new Trusted());
    const password = await makeToken('ci/token');
    await (await connect(started, undefined, { password })).end();
    await started.session('ci/token');
    const shown = authority.issueTo({ name: 'etl' });
    await (await connect(started, shown, { password })).end();
    await started.session('cert:etl');
    expect(await started.sessions('ci/token')).toHaveLength(1);
  });

  it.each<[string, TestCertificate, RegExp]>([
    ['is over', authority.issueTo({ name: 'etl', lastsMs: -HOUR_MS }), /expired/],
    ['is of another authority', stranger.issueTo({ name: 'etl' }), /verif|signature/],
    ['is of nobody', authority.issueTo({ name: '' }), /lacks a field/],
    ['has a name that is none', authority.issueTo({ name: 'a'.repeat(300) }), /lacks a field/],
  ])('opens no session where it %s', async (_, shown, detail) => {
    const started = await start(new Trusted());
    const error = await refusalOf(started, shown);
    expect(error).toMatchObject({ code: '28000', detail: expect.stringMatching(detail) as string });
    expect(error.message).toContain('STENO-4067');
    const refused = await until('it is recorded', async () =>
      (await started.events('activity')).find(({ type }) => type === 'login.refused'),
    );
    expect(refused.envelope.facts.value).toMatchObject({
      code: 'STENO-4067',
      claimedIssuer: 'x509:CN=Bots CA',
    });
  });

  it('names nobody by a field that is there twice, nor by one that hides another', async () => {
    const started = await start(new Trusted('${san.uri}'));
    const twice = authority.issueTo({ name: 'x', uris: ['spiffe://a/b', 'spiffe://a/root'] });
    expect((await refusalOf(started, twice)).message).toContain('STENO-4067');
    const hidden = authority.issueTo({ name: 'x', dns: ['a, URI:spiffe://a/root'] });
    expect((await refusalOf(started, hidden)).message).toContain('STENO-4067');
    expect(await started.sessions('spiffe://a/root')).toEqual([]);
  });

  it('is looked at anew on each connection', async () => {
    const started = await start(new Trusted());
    const shown = authority.issueTo({ name: 'etl' });
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      let session: Buffer | undefined;
      for (let n = 0; n < 2; n += 1) {
        const tls = { maxVersion, ...(session === undefined ? {} : { session }) };
        const client = await connect(started, shown, { tls });
        const { stream } = (client as pg.Client & { connection: { stream: TlsStream } }).connection;
        expect(stream.isSessionReused()).toBe(false);
        session = stream.getSession();
        await client.end();
      }
    }
  });

  it('ends its sessions with it, where sessions end with tokens', async () => {
    const started = await start(new Trusted(), { rules: { endWithToken: true } });
    const client = await connect(started, authority.issueTo({ name: 'etl', lastsMs: 3_000 }));
    const error = await new Promise<unknown>((resolve) => client.once('error', resolve));
    expect(error).toMatchObject({ message: expect.stringContaining('STENO-4016') as string });
  });

  it('is for the inventory to cut, on every capture', async () => {
    const gateway = { tls: { ...server, clients: new Trusted() } };
    await withService(target, { gateway }, async (service) => {
      const shown = authority.issueTo({ name: 'etl' });
      const clients = await Promise.all([service.a, service.b].map((each) => connect(each, shown)));
      const cut = clients.map(
        (client) => new Promise<unknown>((resolve) => client.once('error', resolve)),
      );
      const said = { name: 'cert:etl', actor: 'ann', reason: 'the laptop was lost' };
      const message = create(IdentityRevokedSchema, said);
      await service.say(generatedFacts('identityRevoked', IdentityRevokedSchema, message));
      for (const error of await Promise.all(cut)) expect(error).toMatchObject({ code: '28000' });
      expect((await refusalOf(service.b, shown)).message).toContain('STENO-4035');
    });
  });
});

interface TlsStream {
  isSessionReused(): boolean;
  getSession(): Buffer | undefined;
}

describe('the authorities of clients', () => {
  it('take certificates back, from the next connection on', async () => {
    const trusted = new Trusted();
    const started = await start(trusted);
    const [lost, kept] = [authority.issueTo({ name: 'lost' }), authority.issueTo({ name: 'kept' })];
    trusted.now = { ca: authority.cert, crl: authority.revoke() };
    await (await connect(started, lost)).end();
    trusted.now = { ca: authority.cert, crl: authority.revoke(lost) };
    expect(await refusalOf(started, lost)).toMatchObject({
      detail: expect.stringContaining('revoked') as string,
    });
    await (await connect(started, kept)).end();
  });

  it('cut the session of a certificate that a new list takes back, and no other', async () => {
    const trusted = new Trusted();
    const started = await start(trusted);
    const [lost, kept] = [authority.issueTo({ name: 'lost' }), authority.issueTo({ name: 'kept' })];
    trusted.now = { ca: authority.cert + other.cert, crl: authority.revoke() + other.revoke() };
    const [cutOff, goesOn] = await Promise.all([connect(started, lost), connect(started, kept)]);
    const cut = new Promise<unknown>((resolve) => cutOff.once('error', resolve));
    const running = cutOff.query('select pg_sleep(60)').catch((error: unknown) => error);
    // Of the other authority one has the same number; a list speaks for its own issuer alone.
    const theirs = other.revoke(lost, kept);
    trusted.now = { ca: authority.cert + other.cert, crl: theirs + authority.revoke(lost) };
    expect(await Promise.race([cut, running])).toMatchObject({
      code: '28000',
      message: expect.stringContaining('STENO-4080') as string,
    });
    const { closed } = await started.session('cert:lost');
    const { serialNumber } = new X509Certificate(lost.cert);
    expect(closed).toMatchObject({
      reason: 'certificate-revoked',
      detail: expect.stringContaining(serialNumber.toLowerCase()) as string,
    });
    expect((await goesOn.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await goesOn.end();
  });

  it('may change, and several may be trusted at a time', async () => {
    const trusted = new Trusted();
    const started = await start(trusted);
    const [old, fresh] = [authority.issueTo({ name: 'old' }), other.issueTo({ name: 'new' })];
    const both = authority.cert + other.cert;
    trusted.now = { ca: both, crl: authority.revoke() + other.revoke(fresh) };
    await (await connect(started, old)).end();
    expect((await refusalOf(started, fresh)).message).toContain('STENO-4067');
    trusted.now = { ca: both, crl: authority.revoke() + other.revoke() };
    await (await connect(started, fresh)).end();
    trusted.now = { ca: other.cert, crl: undefined };
    await (await connect(started, fresh)).end();
    expect((await refusalOf(started, old)).message).toContain('STENO-4067');
  });

  it.each(['', 'no certificate at all'])('stay as they were where a file has %j', async (text) => {
    const trusted = new Trusted();
    const started = await start(trusted);
    const [lost, kept] = [authority.issueTo({ name: 'lost' }), authority.issueTo({ name: 'kept' })];
    trusted.now = { ca: authority.cert, crl: authority.revoke(lost) };
    await (await connect(started, kept)).end();
    for (const broken of [{ ca: text }, { crl: text }]) {
      trusted.now = { ca: authority.cert, crl: undefined, ...broken };
      expect((await refusalOf(started, lost)).message).toContain('STENO-4067');
      await (await connect(started, kept)).end();
      expect(started.warnings.at(-1)).toContain('stay as they were');
    }
  });
});
