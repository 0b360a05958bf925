import type { Page } from '@steno/proto';
import type { ApiAddress } from './api-address.js';
import { CliError } from './errors.js';

/** Whole answers, with commands of any length in them. */
const ANSWER_MS = 120_000;

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The REST api under `/api`, as /api/openapi.json describes it. */
export class ApiClient {
  readonly #address: ApiAddress;

  constructor(address: ApiAddress) {
    this.#address = address;
  }

  get url(): string {
    return this.#address.url;
  }

  /** @throws CliError `unreachable`, `refused`, `failed-there`, `strange-answer` */
  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.#json(await this.#fetch(path, { method: 'GET' }, query))) as T;
  }

  /**
   * An answer piece by piece, however long it takes; it throws where it breaks off.
   *
   * @throws CliError as `get` does, and `broken-off`
   */
  async *stream(path: string, query: Query): AsyncGenerator<Uint8Array> {
    const late = new AbortController();
    const patience = setTimeout(() => {
      late.abort(new Error('no answer'));
    }, ANSWER_MS);
    const response = await this.#fetch(path, { method: 'GET', signal: late.signal }, query).finally(
      () => {
        clearTimeout(patience);
      },
    );
    const reader = response.body?.getReader();
    try {
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
        yield read.value;
      }
    } catch (error) {
      throw new CliError('broken-off', `${reasonOf(error)}.`);
    } finally {
      await reader?.cancel().catch(() => undefined); // of one that broke off there is nothing left
    }
  }

  /** An answer without a body gives undefined. */
  async post<T>(path: string, body: unknown): Promise<T | undefined> {
    const response = await this.#fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const isEmpty = response.status === 204 || response.headers.get('content-length') === '0';
    if (isEmpty || response.status === 202) {
      await response.body?.cancel();
      return undefined;
    }
    return (await this.#json(response)) as T;
  }

  async delete(path: string): Promise<void> {
    const response = await this.#fetch(path, { method: 'DELETE' });
    await response.body?.cancel();
  }

  /**
   * The pages of a list, until it ends or enough items have come.
   *
   * @param cursorName the query parameter that takes the previous page's `nextCursor`
   */
  async *pages<T>(
    path: string,
    query: Query,
    { cursorName = 'cursor', pageSize, atMost = Number.POSITIVE_INFINITY }: Paging,
  ): AsyncGenerator<readonly T[]> {
    let left = atMost;
    let cursor: string | undefined;
    while (left > 0) {
      const limit = Math.min(pageSize, left);
      const page: Page<T> = await this.get(path, { ...query, [cursorName]: cursor, limit });
      if (!Array.isArray(page.items)) throw new CliError('strange-answer', 'It is not a page.');
      const items = page.items.slice(0, left);
      if (items.length > 0) yield items;
      left -= items.length;
      if (page.nextCursor === null || page.nextCursor === cursor) return;
      cursor = page.nextCursor;
    }
  }

  async #fetch(path: string, init: RequestInit, query: Query = {}): Promise<Response> {
    const url = new URL(`${this.#address.url}${path}`);
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value ?? []].flat()) url.searchParams.append(name, String(one));
    }
    let response: Response;
    try {
      response = await fetch(url, {
        ...init,
        redirect: 'error',
        headers: { ...init.headers, authorization: `Bearer ${this.#address.token}` },
        signal: init.signal ?? AbortSignal.timeout(ANSWER_MS),
      });
    } catch (error) {
      throw new CliError('unreachable', `${this.#address.url}: ${reasonOf(error)}.`);
    }
    if (!response.ok) throw await toError(response);
    return response;
  }

  async #json(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (error) {
      throw new CliError('strange-answer', `${response.url}: ${reasonOf(error)}.`);
    }
  }
}

export interface Paging {
  readonly cursorName?: string;
  readonly pageSize: number;
  readonly atMost?: number | undefined;
}

/** RFC 9457. */
async function toError(response: Response): Promise<CliError> {
  const name = response.status >= 500 ? 'failed-there' : 'refused';
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null) {
    return new CliError(name, `It answered ${response.status}.`);
  }
  const { code, title, detail } = body as Readonly<Record<string, unknown>>;
  const words = [code, title, detail].filter((part) => typeof part === 'string' && part !== '');
  return new CliError(name, words.join(' · '));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps the reason in the cause.
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ('code' in cause ? String(cause.code) : error.message);
}
