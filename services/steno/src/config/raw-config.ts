import type { UserRole } from '@steno/sessions';

type Amount = string | number;

/** steno.yaml as the schema lets it through, before defaults and units. */
export interface RawConfig {
  readonly data?: string;
  readonly log?: { readonly kafka?: RawKafka };
  readonly store?: RawStore;
  readonly keys?: { readonly root?: string };
  readonly admin?: { readonly listen?: string };
  readonly control?: Readonly<Record<string, Amount>>;
  readonly web?: RawWeb;
  readonly gateways?: { readonly postgres?: RawGateway };
  readonly targets?: readonly RawTarget[];
  readonly issuers?: readonly RawIssuer[];
  readonly credentials?: { readonly key?: string };
  readonly vault?: RawVault;
  readonly registration?: 'required' | 'observe';
  readonly policies?: readonly string[];
  readonly limits?: Readonly<Record<string, Amount>>;
  readonly sessions?: Readonly<Record<string, Amount | boolean>>;
  readonly retention?: Readonly<Record<string, Amount>>;
  readonly tracing?: RawTracing;
  readonly people?: RawPeople;
  readonly approvals?: { readonly webhook?: RawWebhook };
}

export interface RawWebhook {
  readonly url: string;
  readonly secret?: string;
  readonly format?: 'steno' | 'slack';
  readonly includeText?: boolean;
}

export interface RawPeople {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly scopes?: readonly string[];
  readonly groups?: string;
  readonly roles: Readonly<Partial<Record<UserRole, readonly string[]>>>;
  readonly name?: string;
  readonly session?: Amount;
}

export interface RawTracing {
  readonly endpoint: string;
  readonly sampleRatio?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly insecure?: boolean;
}

interface RawTls {
  readonly cert: string;
  readonly key: string;
}

export interface RawGatewayTls extends RawTls {
  readonly clientCa?: string;
  readonly clientCrl?: string;
  readonly clientIdentity?: string;
  readonly clientGroups?: string;
}

/** `true`: Node's own authorities. */
export type RawClientTls =
  boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };

export interface RawKafka {
  readonly brokers: readonly string[];
  readonly topicPrefix?: string;
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly tls?: RawClientTls;
  readonly insecure?: boolean;
  readonly sasl?: {
    readonly mechanism: SaslMechanism;
    readonly username?: string;
    readonly password?: string;
    readonly token?: string;
  };
}

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer';

export interface RawStore {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: string;
  readonly cluster?: string;
  readonly tls?: { readonly ca?: string };
  readonly insecure?: boolean;
}

export interface RawWeb {
  readonly listen?: string;
  readonly names?: readonly string[];
  readonly url?: string;
  readonly tls?: RawTls;
  readonly insecure?: boolean;
}

export interface RawGateway {
  readonly listen?: string;
  readonly proxyProtocol?: boolean;
  readonly peer?: string;
  readonly tls?: RawGatewayTls;
  readonly insecure?: boolean;
}

/** Which of them is given is checked when all is read. */
export interface RawVault {
  readonly address: string;
  readonly namespace?: string;
  readonly ca?: string;
  readonly kv?: string;
  readonly database?: string;
  readonly auth: {
    readonly token?: string;
    readonly appRole?: {
      readonly roleId: string;
      readonly secretId: string;
      readonly mount?: string;
    };
    readonly kubernetes?: { readonly role: string; readonly jwt: string; readonly mount?: string };
  };
}

export interface RawCredential {
  readonly username?: string;
  readonly password?: string;
}

export interface RawTarget {
  readonly name: string;
  readonly protocol: 'postgres';
  readonly address: string;
  readonly database: string;
  readonly credential?: RawCredential;
  readonly credentials?: readonly { readonly group: string; readonly credential: RawCredential }[];
  readonly tls?: { readonly mode?: 'disable' | 'verify-full'; readonly ca?: string };
  readonly durability?: 'strict' | 'fast';
  readonly capture?: { readonly output?: 'all' | 'digest' | { readonly head: Amount } };
  readonly environment?: string;
  readonly owner?: string;
}

export interface RawIssuer {
  readonly issuer: string;
  readonly audience: string | readonly string[];
  readonly algorithms?: readonly string[];
  readonly jwks?: string;
  readonly identity?: string;
  readonly claims?: readonly string[];
  readonly groups?: string;
  readonly maxAge?: Amount;
  readonly oneTime?: boolean;
}
