import type { TlsOptions } from 'node:tls';

export type Durability = 'strict' | 'fast';

export type OutputCapture =
  | { readonly mode: 'all' }
  | { readonly mode: 'head'; readonly bytes: number }
  | { readonly mode: 'digest' };

/** A system behind the gateway, as the configuration names it. */
export interface Target {
  readonly name: string;
  readonly protocol: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly environment: string;
  readonly owner: string;
  readonly credential: {
    readonly username: string;
    /** What is written down of where the password is: env:NAME, file:PATH. */
    readonly reference: string;
    /** Reads the password now; rejects with a message fit for the operator. */
    readonly password: () => Promise<string>;
  };
  readonly tls:
    | { readonly mode: 'disable' }
    | { readonly mode: 'verify-full'; readonly ca: string | undefined };
  readonly durability: Durability;
  readonly capture: OutputCapture;
}

/** Every bound of the data path; the defaults stand with the configuration. */
export interface CaptureLimits {
  /** From accept to the end of authentication. */
  readonly authDeadlineMs: number;
  readonly preAuthPerSource: number;
  readonly sessions: number;
  readonly outputPerResponseBytes: number;
  readonly outputPerSessionBytes: number;
  readonly inputPerCommandBytes: number;
  /** A command up to this size is seen whole; a longer one streams through, its head recorded. */
  readonly commandBytes: number;
  /** The longest message at all. */
  readonly messageBytes: number;
  readonly preparedStatements: number;
  /** Commands that wait for their response on one session. */
  readonly pipelinedCommands: number;
  readonly connectTimeoutMs: number;
}

/** Why no new session is taken for now, where its record could not be relied on. */
export type Closed = 'backlog' | 'control-stale';

/** `required`: only who is approved gets a session; `observe`: whoever is not kept out. */
export type RegistrationMode = 'required' | 'observe';

export interface SessionRules {
  /** 0: no limit. */
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly endWithToken: boolean;
  /** How long running sessions may go on once the gateway is asked to stop. */
  readonly drainMs: number;
}

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: Pick<TlsOptions, 'cert' | 'key'> | undefined;
  /** Tokens may travel in clear off loopback. */
  readonly insecure: boolean;
  /** Connections begin with a PROXY protocol v2 header, which says where the client is. */
  readonly proxyProtocol: boolean;
  /** Where other captures reach this one; undefined: where it listens, if that is loopback. */
  readonly peer: { readonly host: string; readonly port: number } | undefined;
}
