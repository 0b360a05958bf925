import { isLoopback, isTrustedUrl, parseAddress } from './address.js';
import type { Address } from './address.js';
import type { Config, CredentialConfig } from './config.js';
import { REFERENCES, parseReference } from './credential-reference.js';
import type { KeyPath } from './problem.js';
import type { Finding } from './validate.js';
import { checkWebhook } from './webhook.js';

/** Finds what each key allows but all of them together do not. */
export function checkConfig(config: Config): Finding[] {
  return [
    ...duplicates(config.targets.map(({ name }, index) => [name, ['targets', index, 'name']])),
    ...duplicates(config.issuers.map(({ issuer }, i) => [issuer, ['issuers', i, 'issuer']])),
    ...checkKafka(config),
    ...checkStore(config),
    ...checkAdmin(config),
    ...checkWeb(config),
    ...checkGateway(config),
    ...checkIssuers(config),
    ...checkTargets(config),
    ...checkTracing(config),
    ...checkCredentials(config),
    ...checkVault(config),
    ...checkPeople(config),
    ...checkWebUrl(config),
    ...checkWebhook(config),
  ];
}

function duplicates(names: readonly (readonly [string, KeyPath])[]): Finding[] {
  const seen = new Set<string>();
  return names.flatMap(([name, path]) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path, message: 'is there twice' }];
  });
}

function checkKafka({ kafka }: Config): Finding[] {
  if (kafka === undefined || kafka.tls !== undefined || kafka.insecure) return [];
  const hosts = kafka.brokers.map((broker) => parseAddress(broker)?.host ?? '');
  if (hosts.every(isLoopback)) return [];
  const message = 'are off loopback, where what is recorded would travel unprotected';
  const allowed = 'with log.kafka.tls, or insecure: true';
  return [{ path: ['log', 'kafka', 'brokers'], message, allowed }];
}

function checkStore({ store }: Config): Finding[] {
  if (store === undefined || store.insecure || isTrustedUrl(store.url)) return [];
  const message = 'is off loopback, where what was recorded would travel unprotected';
  return [{ path: ['store', 'url'], message, allowed: 'an https URL, or insecure: true' }];
}

/** What is served there names no secret, but says what runs and how well. */
function checkAdmin({ admin, web }: Config): Finding[] {
  const path = ['admin', 'listen'];
  return isSame(admin, web.listen) ? [{ path, message: 'is the address of web.listen' }] : [];
}

function checkWeb({ web: { listen, tls, insecure } }: Config): Finding[] {
  if (isLoopback(listen.host) || tls !== undefined || insecure) return [];
  const message = 'is off loopback, where what was recorded would travel unprotected';
  const allowed = 'with web.tls, or insecure: true';
  return [{ path: ['web', 'listen'], message, allowed }];
}

function checkGateway({ gateways, web, issuers }: Config): Finding[] {
  const { listen, tls, insecure } = gateways.postgres;
  const path = ['gateways', 'postgres', 'listen'];
  const findings: Finding[] = [];
  if (!isLoopback(listen.host) && tls === undefined && !insecure) {
    const message = 'is off loopback, where tokens would arrive unprotected';
    findings.push({ path, message, allowed: 'with gateways.postgres.tls, or insecure: true' });
  }
  if (!isLoopback(listen.host) && issuers.length === 0) {
    const message = 'is off loopback, where the development issuer is not allowed';
    findings.push({ path, message, allowed: 'with issuers that are configured' });
  }
  if (isSame(listen, web.listen)) findings.push({ path, message: 'is the address of web.listen' });
  return findings;
}

const isSame = (one: Address, other: Address): boolean =>
  one.port !== 0 && one.port === other.port && one.host === other.host;

/** Who is said to vouch for keys of bots and for certificates. */
const RESERVED_ISSUERS = /^(steno|x509):/;

function checkIssuers({ issuers }: Config): Finding[] {
  return issuers.flatMap(({ issuer, keys }, index): Finding[] => {
    const findings: Finding[] = [];
    const allowed = 'an https URL; http on loopback alone';
    if (RESERVED_ISSUERS.test(issuer)) {
      const message = 'is a name that keys and certificates have';
      findings.push({ path: ['issuers', index, 'issuer'], message });
    }
    // An issuer whose keys are at hand may have any name, the others are found by it.
    if (keys.kind === 'discovery' && !isTrustedUrl(issuer)) {
      findings.push({ path: ['issuers', index, 'issuer'], message: 'has no discovery', allowed });
    }
    if (keys.kind === 'uri' && !isTrustedUrl(keys.uri)) {
      findings.push({ path: ['issuers', index, 'jwks'], message: 'is not protected', allowed });
    }
    return findings;
  });
}

function checkTargets({ targets }: Config): Finding[] {
  return targets.flatMap(({ address, tls }, index): Finding[] => {
    const findings: Finding[] = [];
    if (address.port === 0) {
      findings.push({ path: ['targets', index, 'address'], message: 'needs a port' });
    }
    if (tls.ca !== undefined && tls.mode !== 'verify-full') {
      const message = 'is only used by mode verify-full';
      findings.push({ path: ['targets', index, 'tls', 'ca'], message });
    }
    return findings;
  });
}

function checkCredentials({ targets, vault }: Config): Finding[] {
  return targets.flatMap(({ credential, credentials }, index): Finding[] => {
    const path = ['targets', index];
    const own: [KeyPath, CredentialConfig | undefined][] = [[[...path, 'credential'], credential]];
    const all = own.concat(
      credentials.map((one, at) => [[...path, 'credentials', at, 'credential'], one.credential]),
    );
    const groups = credentials.map(({ group }, at): [string, KeyPath] => {
      return [group, [...path, 'credentials', at, 'group']];
    });
    const findings = [...all.flatMap((one) => checkCredential(one, vault)), ...duplicates(groups)];
    if (credential !== undefined || credentials.length > 0) return findings;
    return [...findings, { path: [...path, 'credential'], message: 'is missing' }];
  });
}

function checkCredential(
  [path, credential]: readonly [KeyPath, CredentialConfig | undefined],
  vault: Config['vault'],
): Finding[] {
  if (credential === undefined) return [];
  const { password } = credential;
  const reference = parseReference(password ?? '');
  const findings: Finding[] = [];
  if (password !== undefined && reference === undefined) {
    const message = 'is not what may stand here';
    findings.push({ path: [...path, 'password'], message, allowed: REFERENCES });
  }
  const at = [...path, 'username'];
  if (reference?.scheme === 'vault-database' && credential.username !== undefined) {
    findings.push({ path: at, message: 'cannot be chosen where Vault makes the user' });
  } else if (reference?.scheme !== 'vault-database' && credential.username === undefined) {
    findings.push({ path: at, message: 'is missing' });
  }
  if (reference?.scheme.startsWith('vault') === true && vault === undefined) {
    findings.push({ path: [...path, 'password'], message: 'needs the settings of `vault`' });
  }
  return findings;
}

function checkVault({ vault }: Config): Finding[] {
  if (vault === undefined || isTrustedUrl(vault.address)) return [];
  const message = 'is off loopback, where secrets would travel unprotected';
  return [{ path: ['vault', 'address'], message, allowed: 'an https URL' }];
}

/** Nothing of it is a secret but its headers; it says who is at work where. */
function checkTracing({ tracing }: Config): Finding[] {
  if (tracing === undefined || tracing.insecure || isTrustedUrl(tracing.endpoint)) return [];
  const message = 'is off loopback, where traces would travel unprotected';
  return [{ path: ['tracing', 'endpoint'], message, allowed: 'an https URL, or insecure: true' }];
}

function checkPeople({ people }: Config): Finding[] {
  if (people === undefined || (isTrustedUrl(people.issuer) && !/[?#]/.test(people.issuer))) {
    return [];
  }
  const allowed = 'an https URL; http on loopback alone';
  return [{ path: ['people', 'issuer'], message: 'has no discovery', allowed }];
}

/** Links that lead here must be answered here, and what is sent by them seen by nobody else. */
function checkWebUrl({ web: { url, names, listen, insecure } }: Config): Finding[] {
  if (url === undefined) return [];
  const path = ['web', 'url'];
  if (!URL.canParse(url)) return [{ path, message: 'is no URL' }];
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (!isLoopback(host) && host !== listen.host && !names.includes(host)) {
    const allowed = 'a host of web.names';
    return [{ path, message: 'is no name by which the console may be called', allowed }];
  }
  if (insecure || isTrustedUrl(url)) return [];
  const allowed = 'an https URL, or insecure: true';
  return [{ path, message: 'is off loopback and unprotected', allowed }];
}
