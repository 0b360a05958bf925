import type { StoreOptions } from '@steno/event-store';
import type {
  DryRunLine,
  PolicyFileView,
  PolicyProblemView,
  StatusView,
  Topic,
} from '@steno/proto';
import type {
  ApiKeys,
  Approval,
  Approvals,
  Identities,
  PersonalTokens,
  PolicyVersions,
  SealedCredentials,
  UserRole,
  Users,
} from '@steno/sessions';

/** What people do at the api, to be appended to the activity stream. */
export type AccessEvent =
  | {
      readonly type: 'access.viewed';
      readonly actor: string;
      readonly action: AccessAction;
      readonly object: AccessObject;
      readonly objectId: string;
      /** The filter that was asked with, as a query string. */
      readonly query: string;
      readonly source: string;
    }
  | {
      readonly type: 'access.refused';
      /** Empty where nobody is signed in. */
      readonly actor: string;
      readonly route: string;
      /** Catalogued error code. */
      readonly code: string;
      readonly source: string;
    }
  | {
      readonly type: 'access.signed-in';
      readonly actor: string;
      readonly method: 'one-time-link' | 'token';
      readonly source: string;
    }
  | {
      readonly type: 'access.signed-in';
      readonly actor: string;
      readonly method: 'oidc';
      readonly source: string;
      readonly name: string;
      readonly roles: readonly UserRole[];
      readonly groups: readonly string[];
    };

export type AccessAction =
  'list' | 'view' | 'replay' | 'tail' | 'export' | 'verify' | 'search' | 'test';
export type AccessObject =
  | 'session'
  | 'event'
  | 'control'
  | 'activity'
  | 'heartbeat'
  | 'approval'
  | 'user'
  | 'credential'
  | 'identity'
  | 'key'
  | 'policy';

/** What people say of held commands, each other and credentials, to be appended to control. */
export type ControlEvent =
  | {
      readonly type: 'approval.granted';
      readonly approvalId: string;
      readonly actor: string;
      readonly actorName: string;
      readonly groups: readonly string[];
      readonly reason: string;
      readonly windowSeconds: number;
      /** Of the link by which it was given; empty: by none. */
      readonly linkNonce: Uint8Array;
    }
  | {
      readonly type: 'approval.refused';
      readonly approvalId: string;
      readonly actor: string;
      readonly actorName: string;
      readonly groups: readonly string[];
      readonly reason: string;
      readonly linkNonce: Uint8Array;
    }
  | {
      readonly type: 'approval.overridden';
      readonly approvalId: string;
      readonly actor: string;
      readonly actorName: string;
      readonly reason: string;
      readonly linkNonce: Uint8Array;
    }
  | {
      readonly type: 'user.added';
      readonly name: string;
      readonly roles: readonly UserRole[];
      readonly groups: readonly string[];
      readonly tokenDigest: Uint8Array;
      readonly tokenExpiresAt: bigint;
      readonly actor: string;
    }
  | { readonly type: 'user.removed'; readonly name: string; readonly actor: string }
  | {
      readonly type: 'token.issued';
      readonly tokenId: string;
      readonly actor: string;
      readonly actorName: string;
      readonly roles: readonly UserRole[];
      readonly groups: readonly string[];
      readonly tokenDigest: Uint8Array;
      readonly expiresAt: bigint;
      readonly label: string;
    }
  | { readonly type: 'token.revoked'; readonly tokenId: string; readonly actor: string }
  | {
      readonly type: 'credential.sealed';
      readonly name: string;
      readonly version: number;
      readonly keyId: string;
      readonly wrappedKey: Uint8Array;
      readonly ciphertext: Uint8Array;
      readonly actor: string;
    }
  | { readonly type: 'credential.removed'; readonly name: string; readonly actor: string }
  | KeyEvent
  | IdentityEvent;

/** What people say of keys of bots, to be appended to control. */
export type KeyEvent =
  | {
      readonly type: 'key.issued';
      readonly keyId: string;
      readonly name: string;
      readonly identity: string;
      readonly owner: string;
      readonly groups: readonly string[];
      readonly keyDigest: Uint8Array;
      readonly expiresAt: bigint;
      readonly actor: string;
    }
  | {
      readonly type: 'key.revoked';
      readonly keyId: string;
      readonly name: string;
      readonly actor: string;
      readonly reason: string;
    };

/** What people say of an identity, to be appended to control. */
export type IdentityEvent = {
  readonly name: string;
  readonly actor: string;
  readonly reason: string;
} & (
  | {
      readonly type: 'identity.declared';
      readonly issuer: string;
      readonly subjectPattern: string;
      readonly owner: string;
      readonly team: string;
      readonly purpose: string;
      readonly environment: string;
      readonly expiresAt: bigint;
    }
  | { readonly type: 'identity.owner-changed'; readonly owner: string }
  | {
      readonly type:
        'identity.approved' | 'identity.suspended' | 'identity.resumed' | 'identity.revoked';
    }
);

/** What the control topic says, kept up to date, and the way to say more. */
export interface ControlBook {
  readonly approvals: Pick<Approvals, 'all' | 'get' | 'waiting'>;
  readonly users: Pick<Users, 'all' | 'get' | 'withToken'>;
  readonly tokens: Pick<PersonalTokens, 'all' | 'of' | 'withDigest'>;
  readonly credentials: Pick<SealedCredentials, 'all' | 'get' | 'nextVersion'>;
  readonly apiKeys: Pick<ApiKeys, 'all' | 'get' | 'named' | 'size'>;
  readonly identities: Pick<Identities, 'all' | 'get' | 'size' | 'standing'>;
  readonly policies: Pick<PolicyVersions, 'all' | 'get' | 'inForce' | 'leftOut'>;
  /** Resolves when the above has it; rejects where the log does not take it. */
  readonly record: (event: ControlEvent) => Promise<void>;
}

export interface TerminationRequest {
  readonly sessionId: string;
  readonly actor: string;
  readonly reason: string;
}

export interface LostInstance {
  readonly instance: string;
  readonly boot: string;
  readonly actor: string;
  readonly reason: string;
}

/** What recorded commands are ruled on anew by. */
export interface DryRunRequested {
  readonly files: readonly PolicyFileView[];
  /** Of sessions that started then or later; nanoseconds since the epoch. */
  readonly since: bigint;
}

/** In place of all lines: the policies are wrong. */
export interface DryRunProblems {
  readonly line: 'problems';
  readonly problems: readonly PolicyProblemView[];
}

/** The OpenID provider by which people sign in. */
export interface ProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
  /** Name of the claim that says in which groups a person is. */
  readonly groups: string;
  /** For each role the groups that have it. */
  readonly roles: Readonly<Partial<Record<UserRole, readonly string[]>>>;
  /** What to call a person, with claims in it. */
  readonly name: string;
  /** How long a sign-in is good for. */
  readonly sessionMs: number;
}

/** Where approvals are told of outside. */
export interface WebhookOptions {
  readonly format: 'steno' | 'slack';
  /** The text of commands and their values, which may hold secrets, are told too. */
  readonly includesText: boolean;
  /**
   * Asked for each delivery, so that they can be changed; throws where it cannot be read. The url
   * may be a secret, too.
   */
  readonly endpoint: () => { readonly url: string; readonly secret: string | undefined };
}

/** In PEM, with what lies between it and its authority. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface ApiOptions {
  /** Port 0 picks a free one. */
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /**
     * Other names by which browsers may call this server, in lower case. Behind a balancer port and
     * scheme are what that has.
     */
    readonly names?: readonly string[];
  };
  /** Where browsers reach the console; undefined: where it listens. */
  readonly publicUrl: string | undefined;
  /** Undefined: people sign in by one-time links alone. */
  readonly provider: ProviderOptions | undefined;
  /** As it is now; the same object until it changes. Without it the api speaks plain HTTP. */
  readonly tls?: () => OwnCertificate;
  readonly store: StoreOptions;
  readonly tenant?: string;
  /** The built console; undefined: only the api is served. */
  readonly consoleDirectory: string | undefined;
  readonly installation: string;
  readonly version: string;
  readonly logKind: StatusView['log'];
  readonly issuers: StatusView['issuers'];
  readonly gateways: StatusView['gateways'];
  /** From which the key of the links of approvals is made. */
  readonly installationKey: Buffer;
  /** Undefined: nobody is told. */
  readonly webhook: WebhookOptions | undefined;
  /** The local-admin token of run/api.json. */
  readonly localToken: string;
  /** Appends to the activity stream; rejects where the log does not take it. */
  readonly recordAccess: (event: AccessEvent) => Promise<void>;
  readonly control: ControlBook;
  /** Appends termination.requested to control; rejects where the log does not take it. */
  readonly requestTermination: (request: TerminationRequest) => Promise<void>;
  /** Appends instance.lost to control; rejects where the log does not take it. */
  readonly declareLost: (lost: LostInstance) => Promise<void>;
  /** Rules anew on what was recorded, away from this thread; ends with the signal. */
  readonly dryRun: (
    asked: DryRunRequested,
    signal: AbortSignal,
  ) => AsyncIterable<DryRunLine | DryRunProblems>;
  /** Milliseconds between the newest commit in the log and what is queryable. */
  readonly projectorLag: () => number;
  /** How many instances there are, by state: `running`, `silent`, `lost`. */
  readonly instanceStates: () => ReadonlyMap<string, number>;
  /** The offset after the last of each partition; undefined where the log does not say. */
  readonly logEnd: (topic: Topic) => Promise<ReadonlyMap<number, number> | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of each failure that nobody expected; the one who asked learns nothing of it. */
  readonly onError: (error: unknown, where: string) => void;
  /** Told of what an operator should look at. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  /** A code that signs one person in, once, within 15 minutes. */
  newSignInCode(): string;
  /** That control says something new of an approval. */
  approvalChanged(approval: Approval): void;
  /** Takes no more requests, ends replays, waits for what is under way. */
  stop(): Promise<void>;
}
