import { CliError } from '../cli/errors.js';
import { isTrustedUrl } from './address.js';
import type { Config, WebhookConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import type { RawWebhook } from './raw-config.js';
import { resolveSecret } from './secret.js';
import type { Finding } from './validate.js';

const REFERENCE = /^(env|file):/;

export function buildWebhook(raw: RawWebhook): WebhookConfig {
  const { format, includeText } = DEFAULTS.webhook;
  return {
    url: raw.url,
    secret: raw.secret,
    format: raw.format ?? format,
    includeText: raw.includeText ?? includeText,
  };
}

export function checkWebhook({ approvals: { webhook } }: Config): Finding[] {
  if (webhook === undefined) return [];
  const path = ['approvals', 'webhook'];
  const findings: Finding[] = [];
  if (!REFERENCE.test(webhook.url) && !isTrustedUrl(webhook.url)) {
    const message = 'is off loopback, where what waits would be told unprotected';
    findings.push({ path: [...path, 'url'], message, allowed: 'an https URL' });
  }
  if (webhook.format === 'steno' && webhook.secret === undefined) {
    findings.push({ path: [...path, 'secret'], message: 'is missing' });
  }
  return findings;
}

/**
 * Where to send, and what to sign with, as they are now.
 *
 * @throws CliError `secret-not-set`, `secret-unreadable`, `webhook-url-refused`
 */
export function webhookEndpoint(
  { url, secret }: WebhookConfig,
  baseDirectory: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
) {
  const place = REFERENCE.test(url) ? resolveSecret(url, baseDirectory, environment).trim() : url;
  if (!isTrustedUrl(place)) throw new CliError('webhook-url-refused');
  return {
    url: place,
    secret: secret === undefined ? undefined : resolveSecret(secret, baseDirectory, environment),
  };
}
