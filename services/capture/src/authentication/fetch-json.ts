/** What bounds one request. */
export interface FetchBounds {
  readonly fetchMs: number;
  readonly bytes: number;
}

/**
 * Reads a JSON document of an issuer: https (http on loopback only), no redirects, bounded in time
 * and size.
 *
 * @throws Error that names the URL and what went wrong
 */
export async function fetchJson(url: string, bounds: FetchBounds): Promise<unknown> {
  if (!isTrustedTransport(url)) throw new Error(`${url} is neither https nor on loopback`);
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(bounds.fetchMs),
  }).catch((error: unknown) => {
    throw new Error(`${url} cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { value: chunk } = (await reader.read()) as { readonly value?: Uint8Array };
    if (chunk === undefined) break;
    length += chunk.length;
    if (length > bounds.bytes) {
      await reader.cancel();
      throw new Error(`${url} is longer than ${bounds.bytes} bytes`);
    }
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

/** Keys decide who is believed: they must not come over a wire that others can write to. */
export function isTrustedTransport(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && loopback);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps the reason in the cause.
  return error.cause instanceof Error ? error.cause.message : error.message;
}
