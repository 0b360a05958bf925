import { concerns } from '@steno/sessions';
import type { ApiKey, Ending, KnownIdentity } from '@steno/sessions';
import { certificateSerial, revokedAmong } from '../authentication/revocation-list.js';
import type { SessionRules } from '../options.js';
import type { Proven, Registration } from '../registration.js';
import type { Refusal } from './refusal.js';

/** What passes on what client and target of one session say. */
export interface Relay {
  /** Milliseconds since 1970. */
  readonly lastActivity: number;
  /** Resolves at its end. */
  readonly done: Promise<void>;
  /** Nothing is under way. */
  readonly isIdle: boolean;
  /** The target has nothing to do: it is the client's turn. */
  readonly isWaiting: boolean;
  /** The first cause is the one that is recorded; the client is told of the refusal. */
  end(ending: Ending, refusal: Refusal): void;
}

interface Running {
  readonly relay: Relay;
  readonly identity: Proven;
  readonly startedAt: number;
  readonly tokenExpiresAtMs: number;
  /** When the standing of its identity may change by time alone. */
  standsUntil: bigint | undefined;
}

/** Which certificates of clients are taken back. */
export interface RevocationLists {
  /** In PEM; the same text as long as they have not changed. */
  readonly now: () => string | undefined;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** The sessions of a gateway, and what ends them from outside. */
export class RunningSessions {
  private readonly sessions = new Map<string, Running>();
  private draining = false;
  /** The lists that all certificates were looked for in; null: some were not yet. */
  private searched: string | undefined | null = null;

  constructor(
    private readonly rules: SessionRules,
    private readonly registration: Registration,
    private readonly lists: RevocationLists,
  ) {}

  get size(): number {
    return this.sessions.size;
  }

  /** Ends it at once where its identity was shut out while it was opened. */
  add(
    sessionId: string,
    of: Pick<Running, 'relay' | 'identity' | 'tokenExpiresAtMs'>,
    closed: () => void,
  ): void {
    const running = { ...of, startedAt: Date.now(), standsUntil: undefined };
    this.sessions.set(sessionId, running);
    void of.relay.done.then(() => {
      this.sessions.delete(sessionId);
      closed();
    });
    if (of.identity.certificates !== undefined) this.searched = null;
    this.examine(running);
  }

  /** Ends a running session; false when it does not run here. */
  terminate(sessionId: string, ending: Ending): boolean {
    const found = this.sessions.get(sessionId);
    const { detail } = ending;
    found?.relay.end(ending, { name: 'terminated', ...(detail === undefined ? {} : { detail }) });
    return found !== undefined;
  }

  /** Ends those whose identity may no longer have them, after something was said of it. */
  identityChanged(known: KnownIdentity): void {
    for (const running of this.sessions.values()) {
      if (concerns(known, running.identity)) this.examine(running);
    }
  }

  /** Ends those that the key opened. */
  keyRevoked({ keyId }: ApiKey): void {
    for (const running of this.sessions.values()) {
      if (running.identity.keyId === keyId) this.examine(running);
    }
  }

  /** Ends what has lasted too long. */
  sweep(now = Date.now()): void {
    this.endRevoked();
    const { idleTimeoutMs, totalTimeoutMs, endWithToken } = this.rules;
    for (const running of this.sessions.values()) {
      const { relay, startedAt, tokenExpiresAtMs } = running;
      const idleMs = relay.isWaiting ? now - relay.lastActivity : 0;
      if (idleTimeoutMs > 0 && idleMs > idleTimeoutMs) {
        relay.end({ reason: 'idle-limit' }, { name: 'idle-limit' });
      } else if (totalTimeoutMs > 0 && now - startedAt > totalTimeoutMs) {
        relay.end({ reason: 'time-limit' }, { name: 'time-limit' });
      } else if (endWithToken && now > tokenExpiresAtMs) {
        relay.end({ reason: 'token-expired' }, { name: 'token-expired' });
      } else if (this.draining && relay.isIdle) {
        relay.end({ reason: 'drained' }, { name: 'draining' });
      } else if (this.registration.isOver(running.standsUntil)) {
        this.examine(running);
      }
    }
  }

  /** Idle ones end now, the others when they become idle and are swept. */
  drain(): void {
    this.draining = true;
    this.sweep();
  }

  endAll(): void {
    for (const { relay } of this.sessions.values()) {
      relay.end({ reason: 'drained' }, { name: 'draining' });
    }
  }

  /** Those that showed a certificate which a list takes back since. */
  private endRevoked(): void {
    const lists = this.lists.now();
    if (lists === this.searched) return;
    this.searched = lists;
    const running = [...this.sessions.values()];
    const shown = new Set(running.flatMap(({ identity }) => identity.certificates ?? []));
    if (lists === undefined || shown.size === 0) return;
    try {
      const revoked = revokedAmong(shown, lists);
      for (const { relay, identity } of running) {
        const found = identity.certificates?.find((name) => revoked.has(name));
        if (found !== undefined) relay.end(endingOf(found), { name: 'certificate-revoked' });
      }
    } catch (error) {
      this.lists.warn('no session is ended by the list of clientCrl', { reason: String(error) });
    }
  }

  private examine(running: Running): void {
    const { exclusion, until } = this.registration.check(running.identity);
    running.standsUntil = until;
    if (exclusion !== undefined) running.relay.end(exclusion.ending, { name: exclusion.name });
  }
}

function endingOf(certificate: string): Ending {
  const serial = certificateSerial(certificate);
  const detail = `the list of its authority takes back the certificate ${serial}`;
  return { reason: 'certificate-revoked', detail };
}
