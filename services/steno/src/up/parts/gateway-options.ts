import type { GatewayOptions } from '@steno/capture';
import type { Config, GatewayTlsConfig } from '../../config/config.js';
import { clientTrust } from './client-trust.js';
import { ownCertificate } from './own-certificate.js';
import type { Warn } from './changing-files.js';

/** How the gateway serves, but for where. Throws where a file cannot be read. */
export function gatewayOptions(config: Config, warn: Warn): Omit<GatewayOptions, 'host' | 'port'> {
  const { tls, insecure, proxyProtocol, peer } = config.gateways.postgres;
  return { tls: tls && gatewayTls(tls, warn), insecure, proxyProtocol, peer };
}

function gatewayTls({ cert, key, clients }: GatewayTlsConfig, warn: Warn) {
  return {
    certificate: ownCertificate({ cert, key }, 'gateway', warn),
    ...(clients === undefined ? {} : { clients: clientTrust(clients, warn) }),
  };
}
