import { readFileSync } from 'node:fs';
import type { ApiOptions, ProviderOptions } from '@steno/api';
import type { Config } from '../../config/config.js';
import { resolveSecret } from '../../config/secret.js';

/** How the api is served, and by whom people are vouched for, as steno.yaml says it. */
export function webOptions(config: Config): Pick<ApiOptions, 'publicUrl' | 'provider' | 'tls'> {
  const { tls, url } = config.web;
  const served = { publicUrl: url, provider: providerOf(config) };
  if (tls === undefined) return served;
  const [certificate, key] = [readFileSync(tls.cert, 'utf8'), readFileSync(tls.key, 'utf8')];
  return { ...served, tls: { certificate, key } };
}

function providerOf({ people, baseDirectory }: Config): ProviderOptions | undefined {
  if (people === undefined) return undefined;
  const { clientSecret: reference, ...more } = people;
  const secret = reference === undefined ? undefined : resolveSecret(reference, baseDirectory);
  return { ...more, clientSecret: secret };
}
