import type { Topic } from './event-types.js';
import type { CommandFacts, CountView, ResponseFacts } from './command-views.js';

/**
 * What api, CLI and console show. JSON: integers are numbers, hashes 64 lower-case hex digits,
 * times RFC 3339 in UTC with nanoseconds. A key is absent where it does not apply.
 */

/**
 * complete: closed, and every event is there. open: still running. silent: its owner stopped
 * reporting. gapped: events are missing. failed: ended without its owner closing it in order; what
 * was recorded until then is there.
 */
export type SessionStatus = 'complete' | 'open' | 'silent' | 'gapped' | 'failed';

export interface SessionView {
  readonly sessionId: string;
  readonly identity: string;
  readonly target: string;
  readonly protocol: string;
  readonly database: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: SessionStatus;
  /** Why it ended: the reason of session.closed. */
  readonly reason: string | null;
  readonly commands: number;
  readonly errors: number;
  /** Rows sent to the client. */
  readonly rows: number;
  /** Bytes of responses sent to the client. */
  readonly bytes: number;
  readonly events: number;
  readonly source: string;
  readonly clientProgram: string;
  readonly durability: string;
  readonly origin: string;
  /** Of a silent session: when its owner was last heard of. */
  readonly silentSince?: string;
  /**
   * Of a session whose instance was declared lost: the position from which on its events came after
   * that. It stays failed.
   */
  readonly lateFrom?: number;
}

/** One session with what its first event says and the state of its chain. */
export interface SessionDetailView extends SessionView {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, string>>;
  /** That its token named. */
  readonly groups: readonly string[];
  readonly tls: string;
  readonly capture: string;
  readonly tokenExpiresAt: string | null;
  /** As whom it is signed in to the target; empty: it could not be. */
  readonly targetUser: string;
  /** Where the secret of that user is found, never what it is. */
  readonly credentialReference: string;
  readonly head: { readonly position: number; readonly hash: string };
}

export interface ContentView {
  readonly kind: string;
  readonly length: number;
  readonly commitment: string;
  /** Position of the earlier event that holds the bytes. */
  readonly heldAt?: number;
}

export interface EventView {
  readonly topic: Topic;
  readonly stream: string;
  /** Only on session streams. */
  readonly sessionId?: string;
  readonly position: number;
  /** An `EventType`, or a type that only a newer Steno knows. */
  readonly type: string;
  readonly version: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly hash: string;
  readonly previousHash: string;
  readonly identity?: string;
  readonly target?: string;
  readonly instance: string;
  readonly boot: string;
  readonly emitted: number;
  readonly contents: readonly ContentView[];
  readonly command?: CommandFacts;
  readonly response?: ResponseFacts;
  /** The facts of every other type, in protobuf's JSON form: session, statement, limit, … */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Base64, on request. */
  readonly raw?: string;
}

/** A row of the command list beside the replay. */
export interface CommandView {
  readonly position: number;
  /** Position of its response; null while it runs. */
  readonly responsePosition: number | null;
  /** Nanoseconds from the session's start. */
  readonly t: number;
  readonly endT: number | null;
  /** What its response took; null while it runs. */
  readonly durationNs: number | null;
  readonly kind: string;
  /** The first 2,000 characters. */
  readonly text: string | null;
  readonly textLength: number;
  readonly status: string | null;
  readonly tags: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly sha256: string | null;
  readonly hmac: string | null;
  readonly hash: string;
  /** Where it was not simply allowed. */
  readonly decision?: {
    readonly effect: string;
    readonly rule: string;
    readonly approval?: string;
    /** What became of the approval, who said so last and why; absent: nobody has said so. */
    readonly outcome?: string;
    readonly actor?: string;
    readonly reason?: string;
  };
  /** Values that the client got something else for. */
  readonly masked?: readonly CountView[];
  /** Values that were replaced before it was written. */
  readonly redacted?: readonly CountView[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The chain of one session as recomputed from ClickHouse's raw bytes just now. */
export interface ChainView {
  readonly state: 'whole' | 'gapped' | 'changed';
  readonly events: number;
  readonly head: string;
  readonly checkedAt: string;
  readonly problem?: { readonly position: number; readonly what: string };
}

/** Density of a session over time for the timeline, and what stands on its lanes. */
export interface TimelineView {
  readonly durationNs: number;
  readonly open: boolean;
  /** Events in each of equally long slices of the duration. */
  readonly density: readonly number[];
  readonly marks: readonly {
    readonly t: number;
    readonly position: number;
    readonly lane:
      | 'command'
      | 'decision'
      | 'approval'
      | 'error'
      | 'mask'
      | 'redaction'
      | 'limit'
      | 'gap'
      | 'state';
    readonly label: string;
    /** decision: deny, hold, allow. approval: waiting, granted, refused, expired, … */
    readonly outcome?: string;
    /** Of an approval that ended: when it was asked for. */
    readonly since?: number;
  }[];
  readonly marksLeftOut: number;
  /** Stretches without any event longer than 2 s: [from, to] in nanoseconds. */
  readonly idle: readonly (readonly [number, number])[];
}

/**
 * running: it reports. silent: it has not reported for 30 s, and nobody knows why. stopped: it
 * ended in order. lost: an administrator says that it will not come back.
 */
export type InstanceState = 'running' | 'silent' | 'stopped' | 'lost';

/** The newest boot of one instance, or an earlier one that left sessions open. */
export interface InstanceView {
  readonly name: string;
  /** Of this run of it. */
  readonly boot: string;
  /** capture, api, worker */
  readonly role: string;
  readonly version: string;
  readonly state: InstanceState;
  /** Since when it is in this state. */
  readonly since: string;
  readonly startedAt: string;
  /** Null: it was never heard of after its start. */
  readonly lastHeardAt: string | null;
  /** Events that it emitted in this boot, but for the newest, which are on their way. */
  readonly emitted: number;
  /** How many of these are not held. */
  readonly missing: number;
  readonly openSessions: number;
}

export interface PartitionView {
  readonly topic: Topic;
  readonly partition: number;
  /** The offset after the last; null: the log does not say. */
  readonly logEnd: number | null;
  /** The next offset that the projector takes. */
  readonly projectedTo: number;
}

/** Whether everything is recorded right now, and what is not as it should be. */
export interface PipelineView {
  readonly at: string;
  readonly instances: readonly InstanceView[];
  readonly partitions: readonly PartitionView[];
  readonly deadLetters: number;
  readonly forks: number;
  readonly gappedSessions: number;
  /** Null: ClickHouse does not say. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
}

export interface FacetsView {
  readonly identities: readonly string[];
  readonly targets: readonly string[];
}

/** overridden: let go by an administrator, whoever was asked. */
export type ApprovalState =
  'waiting' | 'granted' | 'refused' | 'overridden' | 'expired' | 'withdrawn';

export interface ApprovalAnswerView {
  readonly said: 'granted' | 'refused' | 'overridden';
  readonly actor: string;
  /** What to call the actor, where that is another name. */
  readonly name?: string;
  readonly reason: string;
  readonly at: string;
  /** For how long the same command may be run again. */
  readonly windowSeconds?: number;
  /** Why it does not count. */
  readonly void?: string;
}

/** A held command, and what became of it. */
export interface ApprovalView {
  readonly approvalId: string;
  readonly state: ApprovalState;
  readonly identity: string;
  readonly issuer: string;
  readonly subject: string;
  /** Who the identity acts for. */
  readonly actors: readonly string[];
  readonly target: string;
  readonly environment: string;
  readonly owner: string;
  readonly sessionId: string;
  /** Of the command in its session. */
  readonly position: number;
  readonly kind: string;
  /** Null while it is not in the store yet, or once it was erased or has expired. */
  readonly command: string | null;
  /** Bytes of the command, where it is shown in part. */
  readonly commandLength?: number;
  /** Other texts that it may run: by the names of prepared statements; absent: none. */
  readonly alsoRuns?: readonly string[];
  /** As text; null is SQL NULL, binary values as \x followed by hex digits. */
  readonly binds?: readonly (string | null)[];
  readonly rule: string;
  /** What the author of the rule says. */
  readonly reason: string;
  readonly asks: readonly {
    readonly group: string;
    readonly count: number;
    /** Those who agree so far. */
    readonly granted: number;
  }[];
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
  /** For how long one approval may let the same command be run again; 0: once only. */
  readonly windowSecondsMax: number;
  readonly ownerExcluded: boolean;
  readonly kinds: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly calls: readonly string[];
  readonly opaqueParts: readonly string[];
  readonly whereMissing: boolean;
  /** Rows that it would reach or give, as the target's planner guesses. */
  readonly estimatedRows?: number;
  /** Why there is no such guess. */
  readonly notEstimated?: string;
  readonly answers: readonly ApprovalAnswerView[];
  /** Why it was withdrawn. */
  readonly cause?: string;
}

/** `used`: somebody has answered since it was sent; `unknown`: it is not one of this approval. */
export type ApprovalLinkState = 'good' | 'used' | 'unknown';

/** One approval with what was let go before for the same identity on the same target. */
export interface ApprovalDetailView extends ApprovalView {
  /** Of the link that it was asked for by. */
  readonly link?: ApprovalLinkState;
  readonly before: readonly ApprovalView[];
}

/** Where a policy file is wrong. */
export interface PolicyProblemView {
  readonly file: string;
  /** From 1; null: it concerns the whole file. */
  readonly line: number | null;
  readonly message: string;
}

/** RFC 9457. */
export interface ProblemView {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Catalogued, see docs/errors.md. */
  readonly code: string;
  /** Of policies that are not taken. */
  readonly problems?: readonly PolicyProblemView[];
}
