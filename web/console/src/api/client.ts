import type { PolicyProblemView, ProblemView } from '@steno/proto';

/** What the api answered when it could not do what was asked, or that it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** 0: no answer. */
    readonly status: number,
    readonly code: string,
    title: string,
    readonly detail: string,
    /** Of policies that are not taken. */
    readonly problems: readonly PolicyProblemView[] = [],
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

/** POST; gives the lines of the answer as they come, each of them JSON. Ends with the signal. */
export async function* postForLines<T>(
  path: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const response = await send(`/api${path}`, changeOf('POST', body), signal, signal);
  let rest = '';
  for await (const chunk of chunksOf(response)) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as T;
  }
}

/** By the reader: not every browser can iterate over a body. */
async function* chunksOf({ body }: Response): AsyncGenerator<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return;
    yield chunk.value;
  }
}

/** DELETE. */
export async function remove(path: string): Promise<void> {
  await change('DELETE', path, {});
}

function change(method: 'POST' | 'DELETE', path: string, body: unknown): Promise<Response> {
  return request(`/api${path}`, changeOf(method, body));
}

function changeOf(method: 'POST' | 'DELETE', body: unknown): RequestInit {
  return {
    method,
    headers: { 'content-type': 'application/json', 'x-steno-csrf': '1' },
    body: JSON.stringify(body),
  };
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

function request(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  return send(
    path,
    init,
    signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    signal,
  );
}

/** @param own by which the one who asks ends it; whatever else ends it is no answer */
async function send(
  path: string,
  init: RequestInit,
  signal: AbortSignal,
  own: AbortSignal | undefined,
): Promise<Response> {
  const response = await fetch(path, { ...init, signal }).catch((cause: unknown) => {
    if (own?.aborted === true) throw cause;
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
  const { code, title, detail, problems } = (await response.json()) as ProblemView;
  return new ApiError(response.status, code, title, detail, problems);
}

/** What to tell the reader about any error. */
export function explain(error: unknown): { readonly title: string; readonly detail: string } {
  if (error instanceof ApiError) return { title: error.message, detail: error.detail };
  return { title: 'Something went wrong in the console', detail: String(error) };
}
