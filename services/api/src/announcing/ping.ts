import { randomUUID } from 'node:crypto';
import type { WebhookOptions } from '../options.js';
import { postMessage, reasonOf } from './post.js';

/** What a webhook says to a message that nobody is to answer. */
export interface PingResult {
  readonly isTaken: boolean;
  /** Fit to be shown: it has nothing of the address or the secret in it. */
  readonly message: string;
}

const SLACK = {
  text: 'A test of this webhook by `steno doctor`. No command waits; nothing is to be approved.',
  mrkdwn: false,
};

/** Tries a webhook as approvals are told, by a message that is about none. */
export async function pingWebhook(
  { format, endpoint }: Pick<WebhookOptions, 'format' | 'endpoint'>,
  version: string,
): Promise<PingResult> {
  const now = new Date();
  const body = JSON.stringify(format === 'slack' ? SLACK : stenoPing(now));
  const timestamp = Math.floor(now.getTime() / 1000);
  const signed = { id: `ping.${randomUUID()}`, timestamp, body };
  try {
    const status = await postMessage(endpoint(), signed, { version });
    return { isTaken: status >= 200 && status < 300, message: `it answered ${status}` };
  } catch (error) {
    return { isTaken: false, message: `it did not answer (${reasonOf(error)})` };
  }
}

const stenoPing = (now: Date): object => ({ type: 'ping', timestamp: now.toISOString(), data: {} });
