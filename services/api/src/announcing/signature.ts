import { createHmac } from 'node:crypto';

const ENCODED_SECRET = /^whsec_([A-Za-z0-9+/=]+)$/;

export interface Signed {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** Those of Standard Webhooks (standardwebhooks.com): a receiver knows by them who sends. */
export function signatureHeaders(
  { id, timestamp, body }: Signed,
  secret: string | undefined,
): Readonly<Record<string, string>> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  if (secret === undefined) return headers;
  const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return { ...headers, 'webhook-signature': `v1,${hmac.digest('base64')}` };
}

/** Secrets of the standard are written in base64, behind a word that says so. */
function keyOf(secret: string): Buffer {
  const [, encoded] = ENCODED_SECRET.exec(secret) ?? [];
  return encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
}
