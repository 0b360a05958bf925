import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PolicyFile } from '@steno/policy';
import { formatAddress, isLoopback, parseAddress } from './address.js';
import type { Address } from './address.js';
import type {
  CaptureConfig,
  ClientTls,
  Config,
  CredentialConfig,
  GatewayConfig,
  IssuerConfig,
  KafkaConfig,
  PeopleConfig,
  Quantities,
  SaslConfig,
  StoreConfig,
  TargetConfig,
  TlsFiles,
  TracingConfig,
  VaultAuth,
  VaultConfig,
  WebConfig,
} from './config.js';
import {
  CONTROL_TIMES,
  DEFAULTS,
  ISSUER_TIMES,
  LIMITS,
  PEOPLE_TIMES,
  RETENTION,
  SESSION_TIMES,
} from './defaults.js';
import { buildGatewayTls } from './gateway-tls.js';
import type { KeyPath } from './problem.js';
import { describeQuantity, parseQuantity, parseSize } from './quantity.js';
import type { Quantity } from './quantity.js';
import type {
  RawClientTls,
  RawConfig,
  RawCredential,
  RawGateway,
  RawIssuer,
  RawKafka,
  RawPeople,
  RawStore,
  RawTarget,
  RawTracing,
  RawVault,
  RawWeb,
} from './raw-config.js';
import type { Finding } from './validate.js';
import { buildWebhook } from './webhook.js';

/** All policies, which are one event. */
const POLICY_BYTES = 48 * 1024;

const SUFFIX = { duration: 'Ms', size: 'Bytes', count: '', days: 'Days' } as const;

/** Fills in defaults and units; what cannot be understood is added to the findings. */
export function buildConfig(
  raw: RawConfig,
  place: Pick<Config, 'file' | 'baseDirectory'>,
  findings: Finding[],
): Config {
  const builder = new Builder(place.baseDirectory, findings);
  const { endWithToken = DEFAULTS.sessions.endWithToken, ...times } = raw.sessions ?? {};
  return {
    ...place,
    data: resolve(place.baseDirectory, raw.data ?? DEFAULTS.data),
    kafka: raw.log?.kafka === undefined ? undefined : builder.kafka(raw.log.kafka),
    store: raw.store === undefined ? undefined : builder.store(raw.store),
    rootKeys:
      raw.keys?.root === undefined ? undefined : resolve(place.baseDirectory, raw.keys.root),
    admin: builder.address(raw.admin?.listen ?? DEFAULTS.admin.listen, ['admin', 'listen']),
    control: builder.quantities(CONTROL_TIMES, raw.control, ['control']),
    web: builder.web(raw.web ?? {}),
    gateways: { postgres: builder.gateway(raw.gateways?.postgres ?? {}) },
    targets: (raw.targets ?? []).map((target, index) => builder.target(target, index)),
    issuers: (raw.issuers ?? []).map((issuer, index) => builder.issuer(issuer, index)),
    credentialKeys: builder.credentialKeys(raw),
    vault: raw.vault === undefined ? undefined : builder.vault(raw.vault),
    registration: raw.registration ?? DEFAULTS.registration,
    policies: builder.policies(raw.policies ?? []),
    limits: builder.quantities(LIMITS, raw.limits, ['limits']),
    sessions: {
      ...builder.quantities(SESSION_TIMES, times, ['sessions']),
      endWithToken: endWithToken === true,
    },
    retention: builder.quantities(RETENTION, raw.retention, ['retention']),
    tracing: raw.tracing === undefined ? undefined : buildTracing(raw.tracing),
    people: raw.people === undefined ? undefined : builder.people(raw.people),
    approvals: { webhook: raw.approvals?.webhook && buildWebhook(raw.approvals.webhook) },
  };
}

function credentialOf({ username, password }: RawCredential): CredentialConfig {
  return { username, password };
}

function buildTracing(raw: RawTracing): TracingConfig {
  const { sampleRatio, insecure } = DEFAULTS.tracing;
  return {
    endpoint: raw.endpoint.replace(/\/$/, ''),
    sampleRatio: raw.sampleRatio ?? sampleRatio,
    headers: raw.headers ?? {},
    insecure: raw.insecure ?? insecure,
  };
}

class Builder {
  readonly #base: string;
  readonly #findings: Finding[];

  constructor(base: string, findings: Finding[]) {
    this.#base = base;
    this.#findings = findings;
  }

  address(text: string, path: KeyPath): Address {
    const address = parseAddress(text);
    if (address !== undefined) return address;
    this.#findings.push({ path, message: 'is not host:port', allowed: 'ports 0 to 65535' });
    return { host: '', port: 0 };
  }

  people(raw: RawPeople): PeopleConfig {
    const defaults = DEFAULTS.people;
    const times = raw.session === undefined ? undefined : { session: raw.session };
    return {
      issuer: raw.issuer,
      clientId: raw.clientId,
      clientSecret: raw.clientSecret,
      // Without it a provider answers as to any other client, and vouches for nobody.
      scopes: [...new Set(['openid', ...(raw.scopes ?? defaults.scopes)])],
      groups: raw.groups ?? defaults.groups,
      roles: raw.roles,
      name: raw.name ?? defaults.name,
      ...this.quantities(PEOPLE_TIMES, times, ['people']),
    };
  }

  web(raw: RawWeb): WebConfig {
    const defaults = DEFAULTS.web;
    const [name] = raw.names ?? [];
    const url = raw.url ?? (name === undefined ? undefined : `https://${name}`);
    return {
      listen: this.address(raw.listen ?? defaults.listen, ['web', 'listen']),
      names: (raw.names ?? []).map((each) => each.toLowerCase()),
      url: url?.replace(/\/$/, '').toLowerCase(),
      tls: this.#tls(raw.tls),
      insecure: raw.insecure ?? defaults.insecure,
    };
  }

  gateway(raw: RawGateway): GatewayConfig {
    const defaults = DEFAULTS.gateways.postgres;
    return {
      listen: this.address(raw.listen ?? defaults.listen, ['gateways', 'postgres', 'listen']),
      tls: raw.tls && buildGatewayTls(raw.tls, this.#base, this.#findings),
      insecure: raw.insecure ?? defaults.insecure,
      proxyProtocol: raw.proxyProtocol ?? defaults.proxyProtocol,
      peer:
        raw.peer === undefined
          ? undefined
          : this.address(raw.peer, ['gateways', 'postgres', 'peer']),
    };
  }

  kafka(raw: RawKafka): KafkaConfig {
    const defaults = DEFAULTS.kafka;
    const { brokers } = raw;
    return {
      brokers: brokers.map((broker, index) =>
        formatAddress(this.address(broker, ['log', 'kafka', 'brokers', index])),
      ),
      topicPrefix: raw.topicPrefix ?? defaults.topicPrefix,
      partitions: raw.partitions ?? defaults.partitions,
      replicationFactor: raw.replicationFactor ?? defaults.replicationFactor,
      tls: this.#clientTls(raw.tls, ['log', 'kafka', 'tls']),
      sasl: raw.sasl === undefined ? undefined : this.#sasl(raw.sasl),
      insecure: raw.insecure ?? defaults.insecure,
    };
  }

  #sasl(raw: NonNullable<RawKafka['sasl']>): SaslConfig {
    const { mechanism, username, password, token } = raw;
    const path = ['log', 'kafka', 'sasl'];
    if (mechanism === 'oauthbearer') {
      if (token === undefined) this.#missing([...path, 'token']);
      return { mechanism, token: token ?? '' };
    }
    if (username === undefined) this.#missing([...path, 'username']);
    if (password === undefined) this.#missing([...path, 'password']);
    return { mechanism, username: username ?? '', password: password ?? '' };
  }

  store(raw: RawStore): StoreConfig {
    const isTls = raw.url.startsWith('https:');
    return {
      url: raw.url.replace(/\/$/, ''),
      username: raw.username ?? DEFAULTS.store.username,
      password: raw.password,
      database: raw.database ?? DEFAULTS.store.database,
      cluster: raw.cluster,
      tls: isTls ? this.#clientTls(raw.tls ?? true, ['store', 'tls']) : undefined,
      insecure: raw.insecure ?? DEFAULTS.store.insecure,
    };
  }

  #clientTls(raw: RawClientTls | undefined, path: KeyPath): ClientTls | undefined {
    if (raw === undefined || raw === false) return undefined;
    if (raw === true) return { ca: undefined, certificate: undefined };
    const { ca, cert, key } = raw;
    if (cert !== undefined && key === undefined) this.#missing([...path, 'key']);
    if (cert === undefined && key !== undefined) this.#missing([...path, 'cert']);
    return {
      ca: ca === undefined ? undefined : resolve(this.#base, ca),
      certificate: cert === undefined || key === undefined ? undefined : this.#tls({ cert, key }),
    };
  }

  #missing(path: KeyPath): void {
    this.#findings.push({ path, message: 'is missing' });
  }

  #tls(raw: TlsFiles | undefined): TlsFiles | undefined {
    if (raw === undefined) return undefined;
    return { cert: resolve(this.#base, raw.cert), key: resolve(this.#base, raw.key) };
  }

  target(raw: RawTarget, index: number): TargetConfig {
    const address = this.address(raw.address, ['targets', index, 'address']);
    const { tls, tlsOnLoopback, durability } = DEFAULTS.target;
    return {
      name: raw.name,
      protocol: raw.protocol,
      address,
      database: raw.database,
      credential: raw.credential && credentialOf(raw.credential),
      credentials: (raw.credentials ?? []).map(({ group, credential }) => {
        return { group, credential: credentialOf(credential) };
      }),
      tls: {
        mode: raw.tls?.mode ?? (isLoopback(address.host) ? tlsOnLoopback : tls),
        ca: raw.tls?.ca === undefined ? undefined : resolve(this.#base, raw.tls.ca),
      },
      durability: raw.durability ?? durability,
      capture: this.#capture(raw, index),
      environment: raw.environment ?? '',
      owner: raw.owner ?? '',
    };
  }

  #capture(raw: RawTarget, index: number): CaptureConfig {
    const output = raw.capture?.output ?? DEFAULTS.target.output;
    if (typeof output === 'string') return { output };
    const headBytes = parseSize(output.head);
    if (headBytes === undefined) {
      const path = ['targets', index, 'capture', 'output', 'head'];
      this.#findings.push({ path, message: 'is not a size', allowed: 'a size like 64KiB' });
    }
    return { output: 'head', headBytes: headBytes ?? 0 };
  }

  /** Beside the other keys, if nothing else is said. */
  credentialKeys({ data = DEFAULTS.data, credentials }: RawConfig): string {
    const { key = join(data, 'keys', 'credentials.pem') } = credentials ?? {};
    return resolve(this.#base, key);
  }

  vault(raw: RawVault): VaultConfig {
    const { kv, database } = DEFAULTS.vault;
    return {
      address: raw.address.replace(/\/$/, ''),
      namespace: raw.namespace,
      ca: raw.ca === undefined ? undefined : resolve(this.#base, raw.ca),
      kv: raw.kv ?? kv,
      database: raw.database ?? database,
      auth: this.#vaultAuth(raw.auth),
    };
  }

  #vaultAuth({ token, appRole, kubernetes }: RawVault['auth']): VaultAuth {
    const mounts = DEFAULTS.vault;
    if ([token, appRole, kubernetes].filter((way) => way !== undefined).length !== 1) {
      const allowed = 'one of token, appRole, kubernetes';
      this.#findings.push({ path: ['vault', 'auth'], message: 'must be one way', allowed });
    }
    if (appRole !== undefined) return { method: 'approle', mount: mounts.appRole, ...appRole };
    if (kubernetes !== undefined) {
      return { method: 'kubernetes', mount: mounts.kubernetes, ...kubernetes };
    }
    return { method: 'token', token: token ?? '' };
  }

  issuer(raw: RawIssuer, index: number): IssuerConfig {
    const times = raw.maxAge === undefined ? undefined : { maxAge: raw.maxAge };
    return {
      issuer: raw.issuer,
      audience: typeof raw.audience === 'string' ? [raw.audience] : raw.audience,
      algorithms: raw.algorithms ?? DEFAULTS.issuer.algorithms,
      keys: this.#keys(raw.jwks),
      identity: raw.identity ?? DEFAULTS.issuer.identity,
      claims: raw.claims ?? [],
      groups: raw.groups ?? DEFAULTS.issuer.groups,
      ...this.quantities(ISSUER_TIMES, times, ['issuers', index]),
      oneTime: raw.oneTime ?? DEFAULTS.issuer.oneTime,
    };
  }

  #keys(jwks: string | undefined): IssuerConfig['keys'] {
    if (jwks === undefined) return { kind: 'discovery' };
    if (/^[a-z]+:\/\//i.test(jwks)) return { kind: 'uri', uri: jwks };
    return { kind: 'file', path: resolve(this.#base, jwks) };
  }

  policies(paths: readonly string[]): readonly PolicyFile[] {
    const files = paths.map((path, index) => this.#policy(path, ['policies', index]));
    const texts = files.flatMap(({ name, text }) => [name, text]);
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes > POLICY_BYTES) {
      const message = `are ${bytes} bytes long together, with their names`;
      this.#findings.push({ path: ['policies'], message, allowed: `${POLICY_BYTES} bytes` });
    }
    return files;
  }

  #policy(name: string, path: KeyPath): PolicyFile {
    try {
      return { name, text: readFileSync(resolve(this.#base, name), 'utf8') };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      this.#findings.push({ path, message: `cannot be read: ${code}` });
      return { name, text: '' };
    }
  }

  quantities<T extends Readonly<Record<string, Quantity>>>(
    table: T,
    raw: Readonly<Record<string, string | number | boolean>> | undefined,
    section: KeyPath,
  ): Quantities<T> {
    const values = Object.entries(table).map(([name, of]) => {
      const text = raw?.[name] ?? of.fallback;
      const value = typeof text === 'boolean' ? undefined : parseQuantity(of.kind, text);
      if (value === undefined || !isWithin(of, value)) {
        const allowed = describeQuantity(of);
        this.#findings.push({ path: [...section, name], message: 'is not allowed', allowed });
      }
      return [`${name}${SUFFIX[of.kind]}`, value ?? 0] as const;
    });
    return Object.fromEntries(values) as Quantities<T>;
  }
}

function isWithin(of: Quantity, value: number): boolean {
  if (value === 0 && of.zeroIsNone === true) return true;
  const min = parseQuantity(of.kind, of.min) ?? 0;
  const max = parseQuantity(of.kind, of.max) ?? 0;
  return value >= min && value <= max;
}
