import { webhookEndpoint } from '../../config/webhook.js';
import { CliError } from '../errors.js';
import { stenoVersion } from '../version.js';
import { fail, ok, warn } from './check.js';
import type { Check, Patient } from './check.js';

/** Whether the webhook of approvals takes a message: one that is about no approval. */
export async function checkWebhook({ config, environment }: Patient): Promise<Check[]> {
  const { webhook } = config.approvals;
  if (webhook === undefined) return [];
  let endpoint: ReturnType<typeof webhookEndpoint>;
  try {
    endpoint = webhookEndpoint(webhook, config.baseDirectory, environment);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [warn('webhook', `it is not tried: ${error.message}`, error.hint)];
  }
  // Here, since it takes longer to load than most verbs to run.
  const { pingWebhook } = await import('@steno/api');
  const { format } = webhook;
  const tried = { format, endpoint: () => endpoint };
  const { isTaken, message } = await pingWebhook(tried, stenoVersion());
  if (isTaken) return [ok('webhook', `it takes a test message: ${message}`)];
  const advice = 'Nobody is told of approvals by it; see its log, its address and its secret.';
  return [fail('webhook', message, advice)];
}
