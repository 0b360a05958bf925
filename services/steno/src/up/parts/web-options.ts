import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ApiOptions, ProviderOptions, WebhookOptions } from '@steno/api';
import type { Config } from '../../config/config.js';
import { resolveSecret } from '../../config/secret.js';
import { webhookEndpoint } from '../../config/webhook.js';
import { logLine } from '../log-lines.js';
import { ownCertificate } from './own-certificate.js';

/** From src/up/children and dist/up/children alike. */
const CONSOLE = fileURLToPath(new URL('../../../../../web/console/dist/', import.meta.url));

type WebOptions = Pick<
  ApiOptions,
  'publicUrl' | 'provider' | 'tls' | 'webhook' | 'consoleDirectory' | 'gateways'
>;

/** How the api is served, who vouches for people, and whom it tells, as steno.yaml says it. */
export function webOptions(config: Config, warn: ApiOptions['warn']): WebOptions {
  const { tls, url } = config.web;
  const served = {
    ...{ publicUrl: url, provider: providerOf(config), webhook: webhookOf(config) },
    consoleDirectory: builtConsole(),
    gateways: gatewaysOf(config),
  };
  if (tls === undefined) return served;
  return { ...served, tls: ownCertificate(tls, 'console', warn) };
}

function gatewaysOf({ gateways: { postgres } }: Config): ApiOptions['gateways'] {
  const { host, port } = postgres.listen;
  return { postgres: { host, port: port === 0 ? null : port, tls: postgres.tls !== undefined } };
}

function builtConsole(): string | undefined {
  if (existsSync(CONSOLE)) return CONSOLE;
  const hint = '`npm run build` builds it; then restart `steno up`.';
  logLine('api', 'warn', 'the console is not built: only the api is served', { hint });
  return undefined;
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
