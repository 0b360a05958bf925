import type { ApprovalState } from '@steno/sessions';

/** What became of an approval, or that it cannot be known. */
export interface Outcome {
  readonly word: Exclude<ApprovalState, 'waiting'> | 'unavailable';
  /** Who said so last; empty where nobody did. */
  readonly actor: string;
  /** What to call the actor. */
  readonly name?: string;
  readonly reason: string;
}

/** Why who asked does not wait any more. */
export type WithdrawalCause =
  | 'canceled'
  | 'client-left'
  | 'session-ended'
  /** What came before it failed, so it would not have run. */
  | 'not-reached';

/** A held command, until it is known what becomes of it; the first word counts. */
export class Waiting {
  readonly outcome: Promise<Outcome>;
  private settle: (outcome: Outcome) => void = () => undefined;
  private isOver = false;

  constructor(
    readonly approvalId: string,
    /** Nanoseconds since 1970, UTC. */
    readonly expiresAt: bigint,
    /** Of its page in the console; undefined: nobody here knows it. */
    readonly url: string | undefined,
    private readonly told: {
      readonly ended: () => void;
      readonly withdrawn: (cause: WithdrawalCause) => void;
    },
  ) {
    this.outcome = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  end(outcome: Outcome): void {
    if (this.isOver) return;
    this.isOver = true;
    this.told.ended();
    this.settle(outcome);
  }

  /** Whatever is said of it now, the command does not run. */
  withdraw(cause: WithdrawalCause): void {
    if (this.isOver) return;
    this.told.withdrawn(cause);
    this.end({ word: 'withdrawn', actor: '', reason: cause });
  }
}
