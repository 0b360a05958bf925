import { readFileSync } from 'node:fs';
import type { CaptureLimits, CaptureOptions } from '@steno/capture';
import { COMMITTER_LIMITS } from '@steno/event-log';
import type { CommitterLimits } from '@steno/event-log';
import { formatAddress } from '../../config/address.js';
import type { Config } from '../../config/config.js';

type Configured = 'policies' | 'registration' | 'rules' | 'limits' | 'committer' | 'consoleUrl';

/** How captures rule and what bounds them, as steno.yaml says it. */
export function captureOptions(config: Config): Pick<CaptureOptions, Configured> {
  const { policies, registration, sessions: rules } = config;
  return {
    policies,
    registration,
    rules,
    limits: captureLimits(config),
    committer: committerLimits(config),
    consoleUrl: consoleUrlOf(config),
  };
}

/** How the gateway is reached. */
export function gatewayOptions(config: Config) {
  const { tls, insecure, proxyProtocol, peer } = config.gateways.postgres;
  const files =
    tls === undefined ? undefined : { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  return { tls: files, insecure, proxyProtocol, peer };
}

function captureLimits({ limits }: Config): CaptureLimits {
  const { messageBytes, commandBytes } = limits;
  return { ...limits, messageBytes, commandBytes };
}

function committerLimits({ limits }: Config): CommitterLimits {
  const { fastWindowMs: windowMs, fastPendingBytes: pendingBytesMax } = limits;
  return { ...COMMITTER_LIMITS, windowMs, pendingBytesMax };
}

/** Where people reach the console, as far as the configuration says it. */
function consoleUrlOf({ web: { url, listen, tls } }: Config): string | undefined {
  // A port of 0 is known once it listens, and to that process alone.
  if (url !== undefined || listen.port === 0) return url;
  return `${tls === undefined ? 'http' : 'https'}://${formatAddress(listen)}`;
}
