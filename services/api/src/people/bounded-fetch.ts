import type { CustomFetch } from 'openid-client';
import { LIMITS } from '../limits.js';

/** That there is no answer to be had: no connection, no end, or an error of the server's own. */
class Away extends Error {
  override readonly name = 'Away';
}

/** Asks a server that may hang, or answer without end. Redirects are not followed. */
export const boundedFetch: CustomFetch = async (url, options) => {
  const { body, headers, method } = options;
  const signal = AbortSignal.timeout(LIMITS.providerAnswerMs);
  try {
    const init: RequestInit = { headers, method, redirect: 'manual', signal };
    if (body !== undefined) init.body = body as NonNullable<RequestInit['body']>;
    const response = await fetch(url, init);
    const bytes = await readAll(response);
    if (response.status >= 500) throw new Away(`${url} answered ${response.status}`);
    return new Response(bytes.length === 0 ? null : bytes, response);
  } catch (error) {
    if (error instanceof Away) throw error;
    throw new Away(`${url} does not answer`, { cause: error });
  }
};

/** Whether an error, or what caused it, is that nobody answers. */
export function isAway(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof Away) return true;
  }
  return false;
}

async function readAll(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { value: chunk } = ((await reader?.read()) ?? {}) as { readonly value?: Uint8Array };
    if (chunk === undefined) break;
    length += chunk.length;
    if (length > LIMITS.providerAnswerBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
