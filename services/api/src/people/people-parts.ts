import type { AccessLog } from '../access-log.js';
import { LIMITS } from '../limits.js';
import type { ApiOptions } from '../options.js';
import type { Addresses } from './addresses.js';
import { Gatekeeper } from './gatekeeper.js';
import type { ProviderParts } from './open-id-provider.js';
import { People } from './people.js';
import { ProviderSignIns } from './provider-sign-ins.js';
import { RateLimit } from './rate-limit.js';
import { SignIns } from './sign-ins.js';

/** Known once it listens. */
export interface Place {
  /** By what this server may be called. */
  readonly addresses: () => Addresses;
  /** Where browsers reach the console. */
  readonly publicUrl: () => string;
}

/** Who comes in, how, and what they may. */
export interface PeopleParts {
  readonly gatekeeper: Gatekeeper;
  readonly signIns: SignIns;
  readonly providerSignIns: ProviderSignIns;
}

export function makePeopleParts(
  options: ApiOptions,
  { addresses, publicUrl }: Place,
  accessLog: AccessLog,
): PeopleParts {
  const { now, control, localToken } = options;
  const isTls = options.tls !== undefined;
  const gate = { addresses, scheme: isTls ? 'https' : 'http', localToken } as const;
  const signIns = new SignIns(now);
  const people = new People(control, options.provider?.issuer, now);
  const strangers = new RateLimit(LIMITS.unauthenticatedPerMinute, now);
  const provider = providerOf(options, publicUrl);
  return {
    gatekeeper: new Gatekeeper(gate, signIns.sessions, people, strangers),
    signIns,
    providerSignIns: new ProviderSignIns({ provider, isTls, signIns, accessLog, now }),
  };
}

function providerOf(
  { provider, now, onError }: ApiOptions,
  publicUrl: () => string,
): ProviderParts | undefined {
  if (provider === undefined) return undefined;
  const redirectUrl = () => `${publicUrl()}/api/sign-in/oidc/callback`;
  return { ...provider, redirectUrl, now, onError };
}
