import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { VaultConfig } from '../config/config.js';
import { resolveSecret } from '../config/secret.js';

/** For one answer. */
const ANSWER_MS = 5_000;
const ANSWER_BYTES = 1024 * 1024;
/** Before each attempt but the first. */
const PAUSES_MS = [100, 400];
/** Vault or what stands before it is busy, sealed, or changing leaders. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
/** A token is renewed when this part of its time is over. */
const RENEW_AT = 0.5;
const LONGEST_TIMER_MS = 24 * 3_600_000;

/** What Vault answers; which of it there is depends on what was asked. */
export interface VaultAnswer {
  readonly lease_id?: unknown;
  readonly lease_duration?: unknown;
  readonly renewable?: unknown;
  readonly data?: unknown;
  readonly auth?: unknown;
}

/** Vault cannot be had, or says no. The message is for the operator and holds no secret. */
export class VaultFailure extends Error {
  override readonly name = 'VaultFailure';

  constructor(
    message: string,
    /** Undefined: there was no answer. */
    readonly status: number | undefined,
    /** The same may go well a little later. */
    readonly isPassing: boolean,
  ) {
    super(message);
  }
}

interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Behind /v1/. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A Vault by its HTTP API, signed in as the configuration says. */
export class VaultClient {
  /** Of a sign-in, while it is good; a token that was given is read each time. */
  private token: Promise<string> | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private readonly ca: string | undefined;

  constructor(
    private readonly config: VaultConfig,
    private readonly baseDirectory: string,
  ) {
    this.ca = config.ca === undefined ? undefined : readFileSync(config.ca, 'utf8');
  }

  /** @throws VaultFailure */
  async ask(asked: Asked): Promise<VaultAnswer> {
    const token = await this.signedIn();
    try {
      return await this.persist(asked, token);
    } catch (error) {
      const isRefused = error instanceof VaultFailure && error.status === 403;
      if (!isRefused || this.config.auth.method === 'token') throw error;
      if (await this.isGood(token)) throw error;
      // It was revoked or has run out before its time: once more with another.
      if ((await this.token) === token) this.forget();
      return this.persist(asked, await this.signedIn());
    }
  }

  /** Whether Vault knows a token. What was leased by one that is good must not be lost with it. */
  private async isGood(token: string): Promise<boolean> {
    try {
      await this.persist({ method: 'GET', path: 'auth/token/lookup-self' }, token);
      return true;
    } catch (error) {
      return !(error instanceof VaultFailure && error.status === 403);
    }
  }

  /** Renews its token no more. */
  close(): void {
    this.forget();
  }

  private forget(): void {
    clearTimeout(this.renewal);
    this.token = undefined;
  }

  private signedIn(): Promise<string> {
    const { auth } = this.config;
    if (auth.method === 'token') {
      return new Promise((resolve) => {
        resolve(resolveSecret(auth.token, this.baseDirectory));
      });
    }
    this.token ??= this.signIn().catch((error: unknown) => {
      this.token = undefined;
      throw error;
    });
    return this.token;
  }

  private async signIn(): Promise<string> {
    const { mount, body } = this.loginOf();
    const path = `auth/${mount}/login`;
    const { auth } = await this.persist({ method: 'POST', path, body }, undefined);
    const { client_token: token, lease_duration: seconds, renewable } = asRecord(auth);
    if (typeof token !== 'string') throw strange(path);
    this.plan(token, Number(seconds), renewable === true);
    return token;
  }

  private loginOf() {
    const { auth } = this.config;
    const secret = (reference: string) => resolveSecret(reference, this.baseDirectory);
    if (auth.method === 'approle') {
      const body = { role_id: auth.roleId, secret_id: secret(auth.secretId) };
      return { mount: auth.mount, body };
    }
    if (auth.method === 'kubernetes') {
      return { mount: auth.mount, body: { role: auth.role, jwt: secret(auth.jwt) } };
    }
    throw new Error('a token needs no sign-in');
  }

  /** What was leased by a token ends with it, so it is kept for as long as Vault lets it live. */
  private plan(token: string, seconds: number, renewable: boolean): void {
    clearTimeout(this.renewal);
    if (!(seconds > 0)) return;
    const inMs = Math.min(seconds * 1000 * RENEW_AT, LONGEST_TIMER_MS);
    this.renewal = setTimeout(() => {
      if (renewable) void this.renew(token, seconds);
      else this.forget();
    }, inMs).unref();
  }

  private async renew(token: string, before: number): Promise<void> {
    try {
      const asked = { method: 'POST', path: 'auth/token/renew-self', body: {} } as const;
      const { auth } = await this.persist(asked, token);
      const { lease_duration: seconds, renewable } = asRecord(auth);
      // It has come near the end that its role sets: what comes goes by another one.
      if (Number(seconds) < before * RENEW_AT) this.forget();
      else this.plan(token, Number(seconds), renewable === true);
    } catch {
      this.forget();
    }
  }

  private async persist(asked: Asked, token: string | undefined): Promise<VaultAnswer> {
    for (const pauseMs of PAUSES_MS) {
      try {
        return await this.once(asked, token);
      } catch (error) {
        if (!(error instanceof VaultFailure) || !error.isPassing) throw error;
      }
      await delay(pauseMs);
    }
    return this.once(asked, token);
  }

  private async once(asked: Asked, token: string | undefined): Promise<VaultAnswer> {
    const { status, text } = await this.send(asked, token);
    if (status < 200 || status > 299) {
      // What Vault says of it may quote what a database or a plugin said, secrets among it.
      throw new VaultFailure(
        `Vault answered ${status} to ${asked.path}`,
        status,
        PASSING.has(status),
      );
    }
    if (text === '') return {};
    try {
      return asRecord(JSON.parse(text));
    } catch {
      throw strange(asked.path);
    }
  }

  private send(
    { method, path, body }: Asked,
    token: string | undefined,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { address, namespace } = this.config;
    const url = new URL(`${address}/v1/${path}`);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      'x-vault-request': 'true',
      ...(token === undefined ? {} : { 'x-vault-token': token }),
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const tls = this.ca === undefined ? {} : { ca: this.ca };
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const fail = (error: NodeJS.ErrnoException): void => {
        // Whether what was too late was done is not known, so it is not asked for again.
        const isLate = signal.aborted;
        const reason = isLate ? 'it did not answer in time' : (error.code ?? error.message);
        const message = `Vault at ${address} cannot be reached: ${reason}`;
        reject(new VaultFailure(message, undefined, !isLate));
      };
      const sent = request(url, { method, headers, signal, ...tls }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > ANSWER_BYTES) sent.destroy(new Error('its answer is too long'));
        });
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, text });
        });
        response.on('error', fail);
      });
      sent.on('error', fail);
      sent.end(payload);
    });
  }
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function strange(path: string): VaultFailure {
  return new VaultFailure(`Vault answered something else to ${path}`, undefined, false);
}
