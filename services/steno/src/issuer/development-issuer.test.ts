import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrCreateDevelopmentIssuer } from './development-issuer.js';

let data: string;
const keyPath = (): string => join(data, 'keys', 'development-issuer.json');

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'steno-issuer-'));
});
afterEach(() => rm(data, { recursive: true }));

describe('the key', () => {
  it('is made once, for its owner alone', async () => {
    const first = await loadOrCreateDevelopmentIssuer(data);
    const second = await loadOrCreateDevelopmentIssuer(data);
    expect(second.publicJwk).toEqual(first.publicJwk);
    expect((await stat(keyPath())).mode & 0o777).toBe(0o600);
    expect((await stat(join(data, 'keys'))).mode & 0o777).toBe(0o700);
  });

  it('is the same for all who ask at about the same time, and leaves nothing else', async () => {
    for (let round = 0; round < 10; round += 1) {
      const folder = join(data, String(round));
      const asking = Array.from({ length: 12 }, async (_, turns) => {
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        return loadOrCreateDevelopmentIssuer(folder);
      });
      const issuers = await Promise.all(asking);
      expect(new Set(issuers.map(({ publicJwk }) => publicJwk.x)).size).toBe(1);
      expect(await readdir(join(folder, 'keys'))).toEqual(['development-issuer.json']);
    }
  });

  it('is not handed out with the public part', async () => {
    const { publicJwk } = await loadOrCreateDevelopmentIssuer(data);
    expect(publicJwk).not.toHaveProperty('d');
  });

  it('is refused where others can read it', async () => {
    await loadOrCreateDevelopmentIssuer(data);
    await chmod(keyPath(), 0o640);
    await expect(loadOrCreateDevelopmentIssuer(data)).rejects.toThrow('can be read by others');
  });

  it.each(['', '{', 'null', '[]', '{"kty":"EC"}'])('is refused where it reads %j', async (text) => {
    await loadOrCreateDevelopmentIssuer(data);
    await writeFile(keyPath(), text);
    await expect(loadOrCreateDevelopmentIssuer(data)).rejects.toMatchObject({
      code: 'STENO-1010',
    });
  });
});

describe('a token', () => {
  it('is verified with the public key and says what was asked', async () => {
    const issuer = await loadOrCreateDevelopmentIssuer(data);
    const claims = { job_id: '42' };
    const token = await issuer.mintToken({ identity: 'ci/deploy', claims, ttlSeconds: 60 });
    const keys = createLocalJWKSet({ keys: [{ ...issuer.publicJwk, kty: 'EC' }] });
    const { payload } = await jwtVerify(token, keys, {
      issuer: 'urn:steno:development',
      audience: 'steno',
      algorithms: ['ES256'],
    });
    expect(payload).toMatchObject({ sub: 'ci/deploy', job_id: '42', jti: expect.any(String) });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  it('lives 15 minutes and is short', async () => {
    const issuer = await loadOrCreateDevelopmentIssuer(data);
    const claims = { repository: 'acme/shop', run_id: '1234567890', environment: 'production' };
    const token = await issuer.mintToken({
      identity: 'repo:acme/shop:ref:refs/heads/main',
      claims,
    });
    const { exp = 0, iat = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(900);
    expect(token.length).toBeLessThan(900);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256' });
  });

  it('never has the same id twice', async () => {
    const issuer = await loadOrCreateDevelopmentIssuer(data);
    const ids = await Promise.all(
      [1, 2].map(async () => decodeJwt(await issuer.mintToken({ identity: 'x' })).jti),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  it.each([
    [{ identity: '' }],
    [{ identity: 'a\nb' }],
    [{ identity: 'a\u202eb' }],
    [{ identity: 'x'.repeat(257) }],
    [{ identity: 'x', claims: { sub: 'root' } }],
    [{ identity: 'x', claims: { exp: '99999999999' } }],
    [{ identity: 'x', claims: { long: 'x'.repeat(17_000) } }],
    [{ identity: 'x', ttlSeconds: 0 }],
    [{ identity: 'x', ttlSeconds: 86_401 }],
    [{ identity: 'x', ttlSeconds: 1.5 }],
  ])('is not made of %j', async (request) => {
    const issuer = await loadOrCreateDevelopmentIssuer(data);
    await expect(issuer.mintToken(request)).rejects.toMatchObject({ code: 'STENO-1001', exit: 64 });
  });

  it('shows nothing of the private key', async () => {
    const issuer = await loadOrCreateDevelopmentIssuer(data);
    const { d } = JSON.parse(await readFile(keyPath(), 'utf8')) as { d: string };
    expect(JSON.stringify(issuer)).not.toContain(d);
  });
});
