import { readFileSync } from 'node:fs';
import type { ApiOptions, ProviderOptions, WebhookOptions } from '@steno/api';
import type { Config } from '../../config/config.js';
import { resolveSecret } from '../../config/secret.js';
import { webhookEndpoint } from '../../config/webhook.js';

/** How the api is served, who vouches for people, and whom it tells, as steno.yaml says it. */
export function webOptions(
  config: Config,
): Pick<ApiOptions, 'publicUrl' | 'provider' | 'tls' | 'webhook'> {
  const { tls, url } = config.web;
  const served = { publicUrl: url, provider: providerOf(config), webhook: webhookOf(config) };
  if (tls === undefined) return served;
  const [certificate, key] = [readFileSync(tls.cert, 'utf8'), readFileSync(tls.key, 'utf8')];
  return { ...served, tls: { certificate, key } };
}

function webhookOf({ approvals, baseDirectory }: Config): WebhookOptions | undefined {
  const { webhook } = approvals;
  if (webhook === undefined) return undefined;
  const { format, includeText: includesText } = webhook;
  return { format, includesText, endpoint: () => webhookEndpoint(webhook, baseDirectory) };
}

function providerOf({ people, baseDirectory }: Config): ProviderOptions | undefined {
  if (people === undefined) return undefined;
  const { clientSecret: reference, ...more } = people;
  const secret = reference === undefined ? undefined : resolveSecret(reference, baseDirectory);
  return { ...more, clientSecret: secret };
}
