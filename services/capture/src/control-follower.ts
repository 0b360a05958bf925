import type { BootStream, EventLog } from '@steno/event-log';
import type { Clock } from '@steno/sessions';
import type { ApprovalDesk } from './approvals/approval-desk.js';
import { withApiKeys } from './authentication/api-key-verifier.js';
import { OneTimeTokens } from './authentication/one-time-tokens.js';
import type { TokenVerifier } from './authentication/token-verifier.js';
import { ControlState } from './control-state.js';
import type { ControlListeners } from './control-state.js';
import type { RegistrationMode } from './options.js';
import type { RunningSessions } from './gateway/running-sessions.js';
import { Registration } from './registration.js';

interface ControlOptions {
  readonly log: EventLog;
  readonly rootPublicKey: Uint8Array;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Hearing {
  readonly running: RunningSessions;
  readonly approvals: ApprovalDesk;
  readonly oneTimeTokens: OneTimeTokens;
}

/** Who hears of what comes on control; they are there before anything does. */
export function listeners(hearing: () => Hearing): ControlListeners {
  return {
    termination: ({ sessionId, actor, reason }) => {
      hearing().running.terminate(sessionId, { reason: 'terminated', actor, detail: reason });
    },
    approval: (approval) => {
      hearing().approvals.heard(approval);
    },
    identity: (known) => {
      hearing().running.identityChanged(known);
    },
    keyRevoked: (key) => {
      hearing().running.keyRevoked(key);
    },
    tokenSpent: (spent) => {
      hearing().oneTimeTokens.heard(spent);
    },
  };
}

/** Keeps the fold of control up to date with the log. */
export class ControlFollower {
  readonly state: ControlState;
  private next = 0;

  constructor(
    private readonly options: ControlOptions,
    listeners: ControlListeners = {},
  ) {
    this.state = new ControlState(options.rootPublicKey, listeners);
  }

  /** Whom its identities let in. */
  registration(mode: RegistrationMode, clock: Clock): Registration {
    return new Registration(this.state, mode, clock);
  }

  /** Takes tokens, and keys as they are issued here. */
  verifier(tokens: TokenVerifier, clock: Clock): TokenVerifier {
    return withApiKeys(tokens, this.state.apiKeys, clock);
  }

  oneTimeTokens(control: BootStream, installationKey: Buffer): OneTimeTokens {
    const { spentTokens } = this.state;
    return new OneTimeTokens({ control, spentTokens, installationKey });
  }

  /** Folds what is there. Rejects with LogUnavailable where nothing can be known of it. */
  async load(): Promise<void> {
    const { log, warn } = this.options;
    this.next = await this.state.load(log);
    const count = this.state.refused;
    if (count > 0) warn('control events were not believed', { count });
  }

  /** Folds what comes, until the signal aborts. */
  follow(signal: AbortSignal): Promise<void> {
    const { log, warn } = this.options;
    const take = (entries: readonly { readonly bytes: Buffer }[]): Promise<void> => {
      const before = this.state.refused;
      for (const { bytes } of entries) this.state.fold(bytes, true);
      const count = this.state.refused - before;
      if (count > 0) warn('control events were not believed', { count });
      return Promise.resolve();
    };
    return log.subscribe('control', new Map([[0, this.next]]), take, signal);
  }
}
