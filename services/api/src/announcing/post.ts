import { LIMITS } from '../limits.js';
import type { WebhookOptions } from '../options.js';
import { signatureHeaders } from './signature.js';
import type { Signed } from './signature.js';

interface Sender {
  readonly version: string;
  /** Ends it before its time. */
  readonly signal?: AbortSignal;
}

/** Sends a message, signed where there is a secret; the status of the answer. Rejects without. */
export async function postMessage(
  { url, secret }: ReturnType<WebhookOptions['endpoint']>,
  message: Signed,
  { version, signal }: Sender,
): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': `steno/${version}`,
    ...signatureHeaders(message, secret),
  };
  const timeout = AbortSignal.timeout(LIMITS.webhookAnswerMs);
  const until = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  const { body } = message;
  const init = { method: 'POST', headers, body, redirect: 'manual', signal: until } as const;
  const response = await fetch(url, init);
  // Nobody reads what it says.
  await response.body?.cancel();
  return response.status;
}

/** A kind of error, never its words: they may have the address in them, which may be a secret. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code === '' ? error.name : code;
}
