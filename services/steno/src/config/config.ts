import type { PolicyFile } from '@steno/policy';
import type { UserRole } from '@steno/sessions';
import type { Address } from './address.js';
import type {
  CONTROL_TIMES,
  ISSUER_TIMES,
  LIMITS,
  PEOPLE_TIMES,
  RETENTION,
  SESSION_TIMES,
} from './defaults.js';
import type { Quantity } from './quantity.js';
import type { SaslMechanism } from './raw-config.js';

interface Units {
  readonly duration: 'Ms';
  readonly size: 'Bytes';
  readonly count: '';
  readonly days: 'Days';
}

/** The numbers of a table, their unit in the name: `authDeadline` becomes `authDeadlineMs`. */
export type Quantities<T extends Readonly<Record<string, Quantity>>> = {
  readonly [Name in keyof T & string as `${Name}${Units[T[Name]['kind']]}`]: number;
};

export type Limits = Quantities<typeof LIMITS>;

/** What steno.yaml says, with defaults filled in and paths made absolute. Frozen. */
export interface Config {
  /** Absolute path of steno.yaml; undefined where there is none. */
  readonly file: string | undefined;
  /** What relative paths and `file:` references are relative to. */
  readonly baseDirectory: string;
  /** The data directory. */
  readonly data: string;
  /** Undefined: the embedded log. */
  readonly kafka: KafkaConfig | undefined;
  /** Undefined: the embedded ClickHouse. */
  readonly store: StoreConfig | undefined;
  /** The installation's keys; default: in the data directory. */
  readonly rootKeys: string | undefined;
  /** Where `capture` and `projector` serve their health and metrics. */
  readonly admin: Address;
  readonly control: Quantities<typeof CONTROL_TIMES>;
  readonly web: WebConfig;
  readonly gateways: { readonly postgres: GatewayConfig };
  readonly targets: readonly TargetConfig[];
  /** Empty: the development issuer exists. */
  readonly issuers: readonly IssuerConfig[];
  /** The file with the keys that open sealed credentials. */
  readonly credentialKeys: string;
  readonly vault: VaultConfig | undefined;
  /** Whether only identities that are approved may open sessions. */
  readonly registration: 'required' | 'observe';
  /** Empty: everything is allowed. */
  readonly policies: readonly PolicyFile[];
  readonly limits: Limits;
  /** Times of 0: none. */
  readonly sessions: Quantities<typeof SESSION_TIMES> & { readonly endWithToken: boolean };
  /** 0: for ever. */
  readonly retention: Quantities<typeof RETENTION>;
  /** Undefined: nothing is traced. */
  readonly tracing: TracingConfig | undefined;
  /** Undefined: people sign in by one-time links alone. */
  readonly people: PeopleConfig | undefined;
  readonly approvals: { readonly webhook: WebhookConfig | undefined };
}

/** Where approvals are told of outside. */
export interface WebhookConfig {
  /** Or `env:NAME` or `file:PATH`: it may be a secret. */
  readonly url: string;
  /** `env:NAME` or `file:PATH`; undefined: nothing is signed. */
  readonly secret: string | undefined;
  readonly format: 'steno' | 'slack';
  /** Whether the text of commands is told, too. */
  readonly includeText: boolean;
}

/** The OpenID provider by which people sign in. */
export interface PeopleConfig extends Quantities<typeof PEOPLE_TIMES> {
  readonly issuer: string;
  readonly clientId: string;
  /** `env:NAME` or `file:PATH`; undefined: a public client. */
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
  /** Name of the claim that says in which groups a person is. */
  readonly groups: string;
  /** For each role the groups that have it. */
  readonly roles: Readonly<Partial<Record<UserRole, readonly string[]>>>;
  /** What to call a person, with claims in it. */
  readonly name: string;
}

/** Where traces of commands go, and of which commands. */
export interface TracingConfig {
  /** Of an OTLP/HTTP collector, without `/v1/traces`. */
  readonly endpoint: string;
  /** From 0 to 1. */
  readonly sampleRatio: number;
  /** By name `env:NAME` or `file:PATH`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it may be used without TLS beyond loopback. */
  readonly insecure: boolean;
}

/** How to trust a server, and perhaps to say who asks. Paths of PEM files. */
export interface ClientTls {
  /** Undefined: Node's own authorities. */
  readonly ca: string | undefined;
  readonly certificate: TlsFiles | undefined;
}

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  /** Of the data topic, when it is made. */
  readonly partitions: number;
  /** -1: the broker's default. */
  readonly replicationFactor: number;
  readonly tls: ClientTls | undefined;
  readonly sasl: SaslConfig | undefined;
  /** Whether it may be used without TLS beyond loopback. */
  readonly insecure: boolean;
}

export type SaslConfig =
  | {
      readonly mechanism: Exclude<SaslMechanism, 'oauthbearer'>;
      readonly username: string;
      /** `env:NAME` or `file:PATH`. */
      readonly password: string;
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: string };

/** A ClickHouse that somebody else runs. */
export interface StoreConfig {
  readonly url: string;
  readonly username: string;
  /** `env:NAME` or `file:PATH`; undefined: none. */
  readonly password: string | undefined;
  readonly database: string;
  /** The cluster whose replicas and shards hold the tables; undefined: one server. */
  readonly cluster: string | undefined;
  readonly tls: ClientTls | undefined;
  /** Whether it may be used without TLS beyond loopback. */
  readonly insecure: boolean;
}

/** Paths of PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface GatewayTlsConfig extends TlsFiles {
  /** Undefined: certificates of clients are not asked for. */
  readonly clients: ClientTrustConfig | undefined;
}

/** Whose certificates prove identities, and how. Paths of PEM files. */
export interface ClientTrustConfig {
  readonly ca: string;
  readonly crl: string | undefined;
  /** Text with fields of the certificate in it. */
  readonly identity: string;
  /** The field that says in which groups an identity is. */
  readonly groups: string;
}

export interface WebConfig {
  readonly listen: Address;
  /** By which browsers may call it, besides the host of `listen` and loopback. */
  readonly names: readonly string[];
  /** Where browsers reach it, for links that lead here; undefined: where it listens. */
  readonly url: string | undefined;
  readonly tls: TlsFiles | undefined;
  /** Whether it may be used without TLS from beyond loopback. */
  readonly insecure: boolean;
}

export interface GatewayConfig {
  readonly listen: Address;
  /** Connections begin with a PROXY protocol v2 header, and none comes without. */
  readonly proxyProtocol: boolean;
  /** Where other captures reach this gateway, for cancel requests; undefined: nowhere. */
  readonly peer: Address | undefined;
  readonly tls: GatewayTlsConfig | undefined;
  /** Whether tokens may arrive without TLS from beyond loopback. */
  readonly insecure: boolean;
}

/** As whom sessions are signed in to a target. */
export interface CredentialConfig {
  /** Undefined: Vault makes one for each session. */
  readonly username: string | undefined;
  /** A reference, as docs/credentials.md has them; undefined: the target asks for none. */
  readonly password: string | undefined;
}

/** Where a Vault is, and how to sign in to it. */
export interface VaultConfig {
  readonly address: string;
  readonly namespace: string | undefined;
  /** Path of a PEM file; undefined: Node's own authorities. */
  readonly ca: string | undefined;
  /** Mounts of its secrets engines. */
  readonly kv: string;
  readonly database: string;
  readonly auth: VaultAuth;
}

/** What is secret in it is a reference, `env:NAME` or `file:PATH`. */
export type VaultAuth =
  | { readonly method: 'token'; readonly token: string }
  | {
      readonly method: 'approle';
      readonly mount: string;
      readonly roleId: string;
      readonly secretId: string;
    }
  | {
      readonly method: 'kubernetes';
      readonly mount: string;
      readonly role: string;
      readonly jwt: string;
    };

export interface TargetConfig {
  readonly name: string;
  readonly protocol: 'postgres';
  readonly address: Address;
  readonly database: string;
  /** For whoever is in none of the groups of `credentials`; undefined: they get no session. */
  readonly credential: CredentialConfig | undefined;
  /** The first whose group an identity is in. */
  readonly credentials: readonly {
    readonly group: string;
    readonly credential: CredentialConfig;
  }[];
  readonly tls: {
    readonly mode: 'disable' | 'verify-full';
    /** Path of a PEM file; undefined: Node's own authorities. */
    readonly ca: string | undefined;
  };
  readonly durability: 'strict' | 'fast';
  readonly capture: CaptureConfig;
  readonly environment: string;
  readonly owner: string;
}

/** What is kept of a target's output. */
export type CaptureConfig =
  { readonly output: 'all' | 'digest' } | { readonly output: 'head'; readonly headBytes: number };

/** An issuer whose tokens are believed, as capture's token verifier takes it. */
export interface IssuerConfig extends Quantities<typeof ISSUER_TIMES> {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly keys:
    | { readonly kind: 'discovery' }
    | { readonly kind: 'uri'; readonly uri: string }
    | { readonly kind: 'file'; readonly path: string };
  readonly identity: string;
  /** Claims to record besides the well-known ones. */
  readonly claims: readonly string[];
  /** Name of the claim that says in which groups an identity is. */
  readonly groups: string;
  /** Each token opens one session. */
  readonly oneTime: boolean;
}
