import type { ProblemView } from '@steno/proto';

/** What the api answered when it could not do what was asked, or that it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** 0: no answer. */
    readonly status: number,
    readonly code: string,
    title: string,
    readonly detail: string,
  ) {
    super(title);
  }
}

const timeoutMs = 30_000;

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** GET of a JSON resource under /api. */
export async function getJson<T>(
  path: string,
  query: Query = {},
  signal?: AbortSignal,
): Promise<T> {
  const response = await request(`/api${path}${writeQuery(query)}`, {}, signal);
  return (await response.json()) as T;
}

/** POST; the answer's body is not read. */
export async function post(path: string, body: unknown): Promise<void> {
  await change('POST', path, body);
}

/** POST; gives what was made. */
export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const response = await change('POST', path, body);
  return (await response.json()) as T;
}

/** DELETE. */
export async function remove(path: string): Promise<void> {
  await change('DELETE', path, {});
}

function change(method: 'POST' | 'DELETE', path: string, body: unknown): Promise<Response> {
  return request(`/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-steno-csrf': '1' },
    body: JSON.stringify(body),
  });
}

/** Absent values are left out, lists repeat their name. */
export function writeQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    const values = typeof value === 'object' ? value : [String(value)];
    return values.map((one): [string, string] => [name, one]);
  });
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

async function request(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(path, {
    ...init,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(0, 'unreachable', 'Steno does not answer', 'Is `steno up` running?');
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response: Response): Promise<ApiError> {
  const isProblem = response.headers.get('content-type')?.includes('problem+json') === true;
  if (!isProblem) {
    return new ApiError(response.status, 'unknown', `The server answered ${response.status}`, '');
  }
  const { code, title, detail } = (await response.json()) as ProblemView;
  return new ApiError(response.status, code, title, detail);
}

/** What to tell the reader about any error. */
export function explain(error: unknown): { readonly title: string; readonly detail: string } {
  if (error instanceof ApiError) return { title: error.message, detail: error.detail };
  return { title: 'Something went wrong in the console', detail: String(error) };
}
