import type { CaptureLimits, CaptureOptions } from '@steno/capture';
import { COMMITTER_LIMITS } from '@steno/event-log';
import type { CommitterLimits } from '@steno/event-log';
import { formatAddress } from '../../config/address.js';
import type { Address } from '../../config/address.js';
import type { Config } from '../../config/config.js';
import type { Warn } from './changing-files.js';
import { gatewayOptions } from './gateway-options.js';

type Configured =
  'policies' | 'registration' | 'rules' | 'postgres' | 'limits' | 'committer' | 'consoleUrl';

/** What steno.yaml says of the gateways and of what they go by. */
export function captureOptions(
  config: Config,
  listen: Address,
  warn: Warn,
): Pick<CaptureOptions, Configured> {
  return {
    ...rulesOf(config),
    postgres: { ...listen, ...gatewayOptions(config, warn) },
    limits: captureLimits(config),
    committer: committerLimits(config),
    consoleUrl: consoleUrlOf(config),
  };
}

function rulesOf({ policies, registration, sessions }: Config) {
  return { policies, registration, rules: sessions };
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
