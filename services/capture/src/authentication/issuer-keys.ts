import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, errors } from 'jose';
import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose';
import { fetchJson } from './fetch-json.js';
import { KEY_LIMITS } from './settings.js';
import type { KeySource } from './settings.js';

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** The issuer's keys could not be read, and none that may still be used are at hand. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * The public keys of one issuer: fetched when first needed, kept, fetched again when they are old
 * or a token names a key that is not among them, at most once per cooldown. While the issuer is
 * away the kept keys go on working, up to `KEY_LIMITS.staleMs`.
 */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #source: KeySource;
  readonly #now: () => number;
  #held: { readonly set: KeySet; readonly at: number } | undefined;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #failure = '';
  #fetching: Promise<void> | undefined;

  /** @param now milliseconds, for ages only */
  constructor(issuer: string, source: KeySource, now: () => number) {
    this.#issuer = issuer;
    this.#source = source;
    this.#now = now;
  }

  /**
   * The key that a token's header names.
   *
   * @throws KeysUnavailable, or jose's JWKSNoMatchingKey and JWKSMultipleMatchingKeys
   */
  async resolve(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const age = this.#age();
    if (age > KEY_LIMITS.freshMs) await this.#refresh();
    try {
      return await this.#usable()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (!(await this.#refresh())) throw error;
      return await this.#usable()(header, token);
    }
  }

  #age(): number {
    return this.#held === undefined ? Number.POSITIVE_INFINITY : this.#now() - this.#held.at;
  }

  #usable(): KeySet {
    if (this.#held === undefined || this.#age() > KEY_LIMITS.staleMs) {
      throw new KeysUnavailable(this.#failure);
    }
    return this.#held.set;
  }

  /** @returns whether keys were fetched just now; false within the cooldown or when it failed */
  async #refresh(): Promise<boolean> {
    if (this.#fetching === undefined) {
      if (this.#now() - this.#attemptedAt < KEY_LIMITS.cooldownMs) return false;
      this.#attemptedAt = this.#now();
      this.#fetching = this.#fetch().finally(() => (this.#fetching = undefined));
    }
    await this.#fetching;
    return this.#failure === '';
  }

  /** Never rejects: what went wrong is kept for the next who asks. */
  async #fetch(): Promise<void> {
    try {
      const keys = asKeySet(await this.#load());
      this.#held = { set: createLocalJWKSet(keys), at: this.#now() };
      this.#failure = '';
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
  }

  async #load(): Promise<unknown> {
    switch (this.#source.kind) {
      case 'uri':
        return fetchJson(this.#source.uri, KEY_LIMITS);
      case 'file':
        return JSON.parse(await readFile(this.#source.path, 'utf8')) as unknown;
      case 'discovery':
        return fetchJson(await this.#discover(), KEY_LIMITS);
    }
  }

  /** OpenID Connect Discovery 1.0, section 4. */
  async #discover(): Promise<string> {
    const url = `${this.#issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const document = await fetchJson(url, KEY_LIMITS);
    if (!isObject(document) || document['issuer'] !== this.#issuer) {
      throw new Error(`${url} is not about the issuer ${this.#issuer}`);
    }
    const uri = document['jwks_uri'];
    if (typeof uri !== 'string') throw new Error(`${url} has no jwks_uri`);
    return uri;
  }
}

function asKeySet(value: unknown): JSONWebKeySet {
  const keys = isObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys) || !keys.every(isObject)) throw new Error('this is not a JWK set');
  if (keys.length > KEY_LIMITS.keys) {
    throw new Error(`the JWK set has more than ${KEY_LIMITS.keys} keys`);
  }
  // RFC 7517 section 5: keys of a kind that is not understood are left out, not an error.
  return { keys: keys.flatMap((key) => (typeof key['kty'] === 'string' ? [toJwk(key)] : [])) };
}

function toJwk(key: Record<string, unknown>): JSONWebKeySet['keys'][number] {
  return { ...key, kty: String(key['kty']) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
