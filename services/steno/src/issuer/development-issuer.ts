import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { CliError } from '../cli/errors.js';

const ISSUER = 'urn:steno:development';
const AUDIENCE = 'steno';
const ALGORITHM = 'ES256';
const KEY_FILE = 'development-issuer.json';

export const TOKEN_TTL_SECONDS = { fallback: 15 * 60, max: 24 * 60 * 60 } as const;
const MAX_IDENTITY = 256;
const MAX_TOKEN = 16 * 1024;
const RESERVED = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

/** What a token is to say. */
export interface TokenRequest {
  /** Becomes the identity of sessions, verbatim. */
  readonly identity: string;
  readonly claims?: Readonly<Record<string, string>>;
  /** 1 s to a day; 15 minutes if absent. */
  readonly ttlSeconds?: number;
}

/** The issuer of tokens for trying Steno out, where no other is configured. */
export interface DevelopmentIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** For those who check its tokens. */
  readonly publicJwk: JWK;
  /** @throws CliError `usage` for an identity, claim or time that is not allowed */
  mintToken(request: TokenRequest): Promise<string>;
}

/**
 * The development issuer of a data directory. Its key is made when it is first asked for; of
 * processes that ask at the same time one makes it and all get the same.
 *
 * @throws CliError if the key is damaged or can be read by others
 */
export async function loadOrCreateDevelopmentIssuer(
  dataDirectory: string,
): Promise<DevelopmentIssuer> {
  const folder = join(dataDirectory, 'keys');
  const path = join(folder, KEY_FILE);
  let text = await readKey(path);
  if (text === undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    await createKey(path);
    text = await readKey(path);
  }
  if (text === undefined) throw new CliError('issuer-key-damaged', `${path} vanished.`);
  return makeIssuer(parseKey(text, path));
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw new CliError('issuer-key-exposed', path);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file appears whole or not at all, and never over one that is there. */
async function createKey(path: string): Promise<void> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, 8);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ ...jwk, kid, alg: ALGORITHM })}\n`);
    await file.sync();
    await link(temporary, path);
  } catch (error) {
    const lostTheRace = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!lostTheRace) throw error;
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
}

interface PrivateKey {
  readonly kty: 'EC';
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly d: string;
  readonly kid: string;
}

function parseKey(text: string, path: string): PrivateKey {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the key.
    throw new CliError('issuer-key-damaged', path);
  }
  const fields = (typeof value === 'object' ? value : null) as Record<string, unknown> | null;
  const part = (name: string): string => {
    const field = fields?.[name];
    if (typeof field !== 'string') throw new CliError('issuer-key-damaged', path);
    return field;
  };
  const [crv, x, y, d, kid] = [part('crv'), part('x'), part('y'), part('d'), part('kid')];
  return { kty: 'EC', crv, x, y, d, kid };
}

function makeIssuer({ d, kid, ...coordinates }: PrivateKey): DevelopmentIssuer {
  const publicJwk = { ...coordinates, kid, alg: ALGORITHM };
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    publicJwk,
    async mintToken(request) {
      const ttl = request.ttlSeconds ?? TOKEN_TTL_SECONDS.fallback;
      checkRequest(request, ttl);
      const key = await importJWK({ ...publicJwk, d }, ALGORITHM);
      const issuedAt = Math.floor(Date.now() / 1000);
      const token = await new SignJWT({ ...request.claims })
        .setProtectedHeader({ alg: ALGORITHM, kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(request.identity)
        .setJti(randomBytes(12).toString('base64url'))
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttl)
        .sign(key);
      if (token.length > MAX_TOKEN) throw new CliError('usage', 'The claims are too long.');
      return token;
    },
  };
}

function checkRequest({ identity, claims = {} }: TokenRequest, ttlSeconds: number): void {
  if (identity === '' || identity.length > MAX_IDENTITY || /\p{C}/u.test(identity)) {
    const detail = `An identity has 1 to ${MAX_IDENTITY} characters, none of them invisible.`;
    throw new CliError('usage', detail);
  }
  const reserved = Object.keys(claims).find((name) => RESERVED.has(name));
  if (reserved !== undefined) {
    throw new CliError('usage', `The claim ${reserved} is set by the issuer.`);
  }
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > TOKEN_TTL_SECONDS.max) {
    throw new CliError('usage', 'A token lives 1 s to 24 h, in whole seconds.');
  }
}
