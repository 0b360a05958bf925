import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTrustedTransport } from './fetch-json.js';
import { KEY_LIMITS } from './settings.js';
import type { KeySource } from './settings.js';
import { makeTokenVerifier } from './token-verifier.js';
import type { TokenVerifier } from './token-verifier.js';

interface Signer {
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

let server: Server;
let issuer: string;
let answers: Record<string, { status?: number; body: unknown } | undefined>;
let asked: string[];
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-11-22T12:00:00Z');
  asked = [];
  server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    const { status = 200, body } = answers[url] ?? { status: 404, body: {} };
    response.writeHead(status, { location: '/elsewhere' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answers = {
    '/.well-known/openid-configuration': { body: { issuer, jwks_uri: `${issuer}/keys` } },
  };
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function makeSigner(kid: string): Promise<Signer> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return { key: pair.privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid } };
}

function serve(...signers: Signer[]): void {
  answers['/keys'] = { body: { keys: signers.map(({ jwk }) => jwk) } };
}

function makeVerifier(keys: KeySource = { kind: 'discovery' }): TokenVerifier {
  const settings = {
    issuer,
    audience: ['steno'],
    algorithms: ['ES256'],
    keys,
    identity: 'ci:${repository}',
    claims: [],
    groups: 'groups',
    maxAgeMs: 0,
    oneTime: false,
  };
  return makeTokenVerifier({ issuers: [settings], now: () => now });
}

function tokenOf({ key, jwk }: Signer): Promise<string> {
  const claims = { iss: issuer, aud: 'steno', sub: 's', repository: 'acme/shop' };
  return new SignJWT({ ...claims, exp: Math.floor(now / 1000) + 900 })
    .setProtectedHeader({ alg: 'ES256', ...(jwk.kid ? { kid: jwk.kid } : {}) })
    .sign(key);
}

async function outcome(verifier: TokenVerifier, signer: Signer): Promise<string> {
  const result = await verifier.verify(await tokenOf(signer));
  return result.kind === 'verified' ? result.identity : result.reason;
}

describe('keys by discovery', () => {
  it('are fetched once and used for many tokens', async () => {
    const signer = await makeSigner('1');
    serve(signer);
    const verifier = makeVerifier();
    const outcomes = await Promise.all([1, 2, 3].map(() => outcome(verifier, signer)));
    expect(outcomes).toEqual(Array(3).fill('ci:acme/shop'));
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('are fetched again for a key that is new, at most once per cooldown', async () => {
    const [first, second] = [await makeSigner('1'), await makeSigner('2')];
    serve(first);
    const verifier = makeVerifier();
    expect(await outcome(verifier, first)).toBe('ci:acme/shop');
    serve(first, second);
    expect(await outcome(verifier, second)).toBe('bad-signature');
    now += KEY_LIMITS.cooldownMs;
    expect(await outcome(verifier, second)).toBe('ci:acme/shop');
    const before = asked.length;
    for (let i = 0; i < 20; i += 1) await outcome(verifier, await makeSigner(`new-${i}`));
    expect(asked.length).toBe(before);
  });

  it('go on working while the issuer is away, but not for ever', async () => {
    const signer = await makeSigner('1');
    serve(signer);
    const verifier = makeVerifier();
    expect(await outcome(verifier, signer)).toBe('ci:acme/shop');
    answers = {};
    now += KEY_LIMITS.staleMs;
    expect(await outcome(verifier, signer)).toBe('ci:acme/shop');
    now += KEY_LIMITS.cooldownMs;
    expect(await outcome(verifier, signer)).toBe('keys-unavailable');
  });

  it('that were withdrawn stop working when the kept ones are old', async () => {
    const signer = await makeSigner('1');
    serve(signer);
    const verifier = makeVerifier();
    await outcome(verifier, signer);
    serve();
    now += KEY_LIMITS.freshMs + 1;
    expect(await outcome(verifier, signer)).toBe('bad-signature');
  });

  it('come back when the issuer does', async () => {
    const signer = await makeSigner('1');
    const verifier = makeVerifier();
    expect(await outcome(verifier, signer)).toBe('keys-unavailable');
    serve(signer);
    expect(await outcome(verifier, signer)).toBe('keys-unavailable');
    now += KEY_LIMITS.cooldownMs;
    expect(await outcome(verifier, signer)).toBe('ci:acme/shop');
  });

  it('are tried one by one where neither token nor set say which', async () => {
    const signers = await Promise.all([1, 2, 3].map(() => makeSigner('x')));
    const anonymous = signers.map(({ key, jwk }) => ({ key, jwk: { ...jwk, kid: '' } }));
    answers['/keys'] = {
      body: { keys: anonymous.map(({ jwk }) => ({ ...jwk, kid: undefined })) },
    };
    const verifier = makeVerifier();
    for (const signer of anonymous) expect(await outcome(verifier, signer)).toBe('ci:acme/shop');
    const stranger = { ...(await makeSigner('x')), jwk: {} };
    expect(await outcome(verifier, stranger)).toBe('bad-signature');
  });
});

describe('an issuer that misbehaves', () => {
  it.each<[string, () => void]>([
    [
      'speaks of another issuer',
      () => discover({ issuer: 'https://x', jwks_uri: `${issuer}/keys` }),
    ],
    ['has no jwks_uri', () => discover({ issuer })],
    ['points to plain http', () => discover({ issuer, jwks_uri: 'http://example.com/keys' })],
    ['redirects', redirect],
    ['answers with an error', () => (answers['/keys'] = { status: 500, body: '' })],
    ['sends no JSON', () => (answers['/keys'] = { body: '<html>' })],
    ['sends no key set', () => (answers['/keys'] = { body: { keys: 'none' } })],
    ['sends far too much', pad],
    ['sends far too many keys', () => (answers['/keys'] = { body: { keys: Array(101).fill({}) } })],
    ['sends a broken key', () => (answers['/keys'] = { body: { keys: [brokenKey] } })],
  ])('%s', async (_, misbehave) => {
    const signer = await makeSigner('1');
    serve(signer);
    misbehave();
    expect(await outcome(makeVerifier(), signer)).toBe('keys-unavailable');
  });

  const brokenKey = { kty: 'EC', crv: 'P-256', kid: '1', x: 'AA', y: 'AA' };

  function redirect(): void {
    answers['/elsewhere'] = answers['/keys'];
    answers['/keys'] = { status: 302, body: '' };
  }

  function pad(): void {
    const body = JSON.stringify(answers['/keys']?.body) + ' '.repeat(KEY_LIMITS.bytes);
    answers['/keys'] = { body };
  }

  function discover(body: unknown): void {
    answers['/.well-known/openid-configuration'] = { body };
  }
});

describe('isTrustedTransport', () => {
  it.each([
    ['https://example.com/x', true],
    ['http://127.0.0.1:1/x', true],
    ['http://[::1]:1/x', true],
    ['http://localhost/x', true],
    ['http://example.com/x', false],
    ['http://localhost.example.com/x', false],
    ['http://127.0.0.1.example.com/x', false],
    ['file:///etc/keys', false],
    ['nonsense', false],
  ])('%s: %s', (url, trusted) => expect(isTrustedTransport(url)).toBe(trusted));
});

describe('keys that the configuration names', () => {
  it('are read from a URI without discovery', async () => {
    const signer = await makeSigner('1');
    serve(signer);
    const verifier = makeVerifier({ kind: 'uri', uri: `${issuer}/keys` });
    expect(await outcome(verifier, signer)).toBe('ci:acme/shop');
    expect(asked).toEqual(['/keys']);
  });

  it('are read from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'steno-keys-'));
    const path = join(folder, 'keys.json');
    const signer = await makeSigner('1');
    await writeFile(path, JSON.stringify({ keys: [signer.jwk, { kty: 'LATTICE' }] }));
    expect(await outcome(makeVerifier({ kind: 'file', path }), signer)).toBe('ci:acme/shop');
    expect(asked).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
