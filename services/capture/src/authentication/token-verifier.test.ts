import { createHash } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeTokenVerifier } from './token-verifier.js';
import type { TokenVerifier } from './token-verifier.js';

const issuer = 'urn:steno:development';
const now = Date.parse('2026-11-22T12:00:00Z');
const seconds = Math.floor(now / 1000);
const valid = { iss: issuer, sub: 'ci/deploy', aud: 'steno', exp: seconds + 900, job_id: '42' };

let key: CryptoKey;
let otherKey: CryptoKey;
let publicKey: CryptoKey;
let publicJwk: JWK;
let verifier: TokenVerifier;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  publicKey = pair.publicKey;
  publicJwk = await exportJWK(pair.publicKey);
  otherKey = (await generateKeyPair('ES256')).privateKey;
  const development = { issuer, audience: 'steno', publicJwk };
  verifier = makeTokenVerifier({ issuers: [], development, now: () => now });
});

function sign(claims: JWTPayload, signer: CryptoKey = key): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(signer);
}

async function reasonFor(token: string): Promise<string> {
  const result = await verifier.verify(token);
  return result.kind === 'refused' ? result.reason : 'verified';
}

describe('a token that is in order', () => {
  it('gives the identity', async () => {
    const token = await sign({ ...valid, email: 'ann@example.com', groups: ['a', 'b', 'a', 7] });
    expect(await verifier.verify(token)).toEqual({
      kind: 'verified',
      provenBy: 'token',
      issuer,
      subject: 'ci/deploy',
      identity: 'ci/deploy',
      claims: { job_id: '42', groups: '["a","b","a",7]' },
      personalClaims: { email: 'ann@example.com' },
      actors: [],
      groups: ['a', 'b'],
      issuedAt: 0n,
      expiresAt: BigInt(valid.exp) * 1_000_000_000n,
      fingerprint: createHash('sha256').update(token).digest().subarray(0, 16),
    });
  });

  it.each([
    [seconds - 60, BigInt(seconds - 60) * 1_000_000_000n],
    [-1, 0n],
    [1e300, 0n],
  ])('was issued at %d', async (iat, issuedAt) => {
    expect(await verifier.verify(await sign({ ...valid, iat }))).toMatchObject({ issuedAt });
  });

  it('may name groups in one text', async () => {
    const token = await sign({ ...valid, groups: 'a, b c' });
    expect(await verifier.verify(token)).toMatchObject({ groups: ['a', 'b', 'c'] });
  });

  it('may name several audiences', async () => {
    expect(await reasonFor(await sign({ ...valid, aud: ['x', 'steno'] }))).toBe('verified');
  });

  it('is believed a little after its end, clocks differ', async () => {
    expect(await reasonFor(await sign({ ...valid, exp: seconds - 29 }))).toBe('verified');
  });
});

describe('a token that is refused', () => {
  it.each<[string, JWTPayload, string]>([
    ['expired', { ...valid, exp: seconds - 31 }, 'STENO-2005'],
    ['wrong-audience', { ...valid, aud: 'vault' }, 'STENO-2004'],
    ['not-yet-valid', { ...valid, nbf: seconds + 60 }, 'STENO-2006'],
    ['wrong-issuer', { ...valid, iss: 'https://evil.example' }, 'STENO-2003'],
    ['no-identity', { ...valid, groups: ['x'.repeat(129)] }, 'STENO-2011'],
    [
      'no-identity',
      { ...valid, groups: Array.from({ length: 257 }, (_, n) => `g${n}`) },
      'STENO-2011',
    ],
  ])('%s', async (reason, claims, code) => {
    expect(await verifier.verify(await sign(claims))).toMatchObject({
      kind: 'refused',
      reason,
      code,
    });
  });

  it('lacks exp, aud, iss or sub', async () => {
    const without = async (name: string): Promise<string> =>
      reasonFor(await sign(Object.fromEntries(Object.entries(valid).filter(([k]) => k !== name))));
    expect(await without('exp')).toBe('malformed');
    expect(await without('aud')).toBe('wrong-audience');
    expect(await without('iss')).toBe('wrong-issuer');
    expect(await without('sub')).toBe('no-identity');
  });

  it('is signed by another key', async () => {
    expect(await reasonFor(await sign(valid, otherKey))).toBe('bad-signature');
  });

  it('was changed after it was signed', async () => {
    const [header, , signature] = (await sign(valid)).split('.');
    const claims = Buffer.from(JSON.stringify({ ...valid, sub: 'root' })).toString('base64url');
    expect(await reasonFor(`${header}.${claims}.${signature}`)).toBe('bad-signature');
  });

  it('is not signed', async () => {
    expect(await reasonFor(new UnsecuredJWT(valid).encode())).toBe('unsigned');
    const body = Buffer.from(JSON.stringify(valid)).toString('base64url');
    const header = Buffer.from('{"alg":"NoNe"}').toString('base64url');
    expect(await reasonFor(`${header}.${body}.`)).toBe('unsigned');
  });

  it('confuses the public key with a shared secret', async () => {
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(publicJwk)]) {
      const signed = new SignJWT(valid).setProtectedHeader({ alg: 'HS256' });
      const token = await signed.sign(Buffer.from(secret));
      expect(await reasonFor(token)).toBe('algorithm-not-allowed');
    }
  });

  it('brings its own key', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const signed = new SignJWT(valid).setProtectedHeader({ alg: 'ES256', jwk });
    expect(await reasonFor(await signed.sign(pair.privateKey))).toBe('bad-signature');
  });

  it('is too long', async () => {
    const token = await sign({ ...valid, filler: 'x'.repeat(16 * 1024) });
    expect(await reasonFor(token)).toBe('too-long');
  });

  it.each(['', 'hunter2', 'a.b', 'a.b.c', 'a.b.c.d.e', '..', 'é.ü.ö', 'bnVsbA.bnVsbA.bnVsbA'])(
    'is no token at all: %j',
    async (token) => {
      const result = await verifier.verify(token);
      expect(result).toMatchObject({ kind: 'refused', reason: 'malformed', code: 'STENO-2001' });
      expect(result).not.toHaveProperty('fingerprint');
    },
  );

  it('says what it claimed, and never itself', async () => {
    const token = await sign(valid, otherKey);
    const result = await verifier.verify(token);
    expect(result).toMatchObject({ claimedIssuer: issuer, claimedSubject: 'ci/deploy' });
    const text = JSON.stringify(result);
    for (const part of token.split('.')) expect(text).not.toContain(part);
  });
});
