import { resolve } from 'node:path';
import type { ClientTrustConfig, GatewayTlsConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import type { RawGatewayTls } from './raw-config.js';
import type { Finding } from './validate.js';

/** What means nothing without `clientCa`. */
const OF_CLIENTS = ['clientCrl', 'clientIdentity', 'clientGroups'] as const;

/** TLS of a gateway, paths made absolute; what is missing is added to the findings. */
export function buildGatewayTls(
  raw: RawGatewayTls,
  base: string,
  findings: Finding[],
): GatewayTlsConfig {
  const { cert, key, clientCa } = raw;
  if (clientCa === undefined && OF_CLIENTS.some((name) => raw[name] !== undefined)) {
    const path = ['gateways', 'postgres', 'tls', 'clientCa'];
    findings.push({ path, message: 'is missing' });
  }
  return {
    cert: resolve(base, cert),
    key: resolve(base, key),
    clients: clientCa === undefined ? undefined : clientTrust(raw, resolve(base, clientCa), base),
  };
}

function clientTrust(raw: RawGatewayTls, ca: string, base: string): ClientTrustConfig {
  const { clientCrl: crl } = raw;
  const { clientIdentity, clientGroups } = DEFAULTS.gateways.postgres;
  return {
    ca,
    crl: crl === undefined ? undefined : resolve(base, crl),
    identity: raw.clientIdentity ?? clientIdentity,
    groups: raw.clientGroups ?? clientGroups,
  };
}
