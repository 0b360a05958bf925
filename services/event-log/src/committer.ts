import { performance } from 'node:perf_hooks';
import { BatchWriter } from '@steno/sessions';
import type { EncodedBatch } from '@steno/sessions';
import { LogUnavailable } from './port.js';

declare const committedBrand: unique symbol;

/**
 * Proof that the record of something may be relied on: durable (`strict`), or written behind within
 * the published window (`fast`). Only this module makes one; the relay forwards nothing without it.
 */
export type Committed<T> = T & { readonly [committedBrand]: true };

export interface CommitterLimits {
  /** `fast`: longest time between an event and its commit. */
  readonly windowMs: number;
  /** `fast`: how long a commit may take until writers wait for it as in `strict`. */
  readonly slackMs: number;
  /** `fast`: most bytes that may wait for a commit; beyond it the writer waits as in `strict`. */
  readonly pendingBytesMax: number;
  /** Pause before a failed commit is tried again. */
  readonly retryMs: number;
}

/** What a deployment must say about the loss window of `fast`: docs/durability.md quotes these. */
export const COMMITTER_LIMITS: CommitterLimits = {
  windowMs: 50,
  slackMs: 200,
  pendingBytesMax: 16 * 1024 * 1024,
  retryMs: 500,
};

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: LogUnavailable) => void;
}

/**
 * Group commit of one topic: events are written into `batch`; one commit at a time is under way,
 * and all that was written meanwhile goes into the next. A batch whose commit failed is kept and
 * tried again before anything newer, so a hole cannot open in a stream; meanwhile `strict` callers
 * are refused at once.
 */
export class Committer {
  readonly batch = new BatchWriter();
  /** Why the last commit failed; undefined while the log takes what we give it. */
  failure: LogUnavailable | undefined;
  private waiting: Waiting[] = [];
  private inFlight: EncodedBatch | undefined;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private scheduled = false;
  /** What `batch` holds is to be committed, after the commit that is under way. */
  private due = false;
  /** When the oldest of what is not durable was written, by a clock that does not jump. */
  private oldest: { batch: number | undefined; inFlight: number | undefined } = {
    batch: undefined,
    inFlight: undefined,
  };

  constructor(
    private readonly append: (batch: EncodedBatch) => Promise<void>,
    private readonly limits: CommitterLimits = COMMITTER_LIMITS,
  ) {}

  /** Bytes that are not durable yet. */
  get pendingBytes(): number {
    return this.batch.size + (this.inFlight?.bytes.length ?? 0);
  }

  /** Resolves when everything written to `batch` so far is durable; rejects with LogUnavailable. */
  async strict<T>(event: T): Promise<Committed<T>> {
    if (this.failure !== undefined) throw this.failure;
    await this.durable();
    return event as Committed<T>;
  }

  /**
   * At once while the window has room; undefined when it has none, or a commit takes too long, and
   * the caller must wait by `strict`.
   */
  fast<T>(event: T): Committed<T> | undefined {
    const now = performance.now();
    this.oldest.batch ??= now;
    const { windowMs, slackMs, pendingBytesMax } = this.limits;
    // Also where there is no room: not all who record wait for it.
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.start();
    }, windowMs);
    const waits = now - (this.oldest.inFlight ?? this.oldest.batch);
    if (waits > windowMs + slackMs || this.pendingBytes > pendingBytesMax) return undefined;
    return event as Committed<T>;
  }

  /** For what is recorded without anybody waiting; false: the window is full, wait by `strict`. */
  behind(): boolean {
    return this.fast(true) !== undefined;
  }

  /**
   * Commits what is there, trying once more what failed; for the end of the process. Rejects with
   * LogUnavailable.
   */
  async drain(): Promise<void> {
    while (!this.batch.isEmpty || this.inFlight !== undefined) await this.durable();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private durable(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      // After the events of this turn of the loop, so that all its sessions share the commit.
      setImmediate(() => {
        this.scheduled = false;
        this.start();
      });
    });
  }

  private start(): void {
    this.due = true;
    this.flushing ??= this.flush().finally(() => {
      this.flushing = undefined;
    });
  }

  private async flush(): Promise<void> {
    // Not while there is anything: `fast` would commit without a pause, a few events at a time.
    while (this.due) {
      this.due = false;
      const isRetry = this.inFlight !== undefined;
      const waiting = isRetry ? [] : this.takeWaiting();
      this.inFlight ??= this.take();
      try {
        if (this.inFlight.records > 0) await this.append(this.inFlight);
        this.inFlight = undefined;
        this.oldest.inFlight = undefined;
        this.failure = undefined;
        // What was written while the log failed has no timer of its own.
        this.due ||= isRetry;
        for (const waiter of waiting) waiter.resolve();
      } catch (error) {
        this.failed(error, waiting);
        return;
      }
    }
  }

  private take(): EncodedBatch {
    this.oldest = { batch: undefined, inFlight: this.oldest.batch };
    return this.batch.take();
  }

  private takeWaiting(): Waiting[] {
    const waiting = this.waiting;
    this.waiting = [];
    return waiting;
  }

  private failed(error: unknown, waiting: readonly Waiting[]): void {
    const failure =
      error instanceof LogUnavailable ? error : new LogUnavailable(String(error), { cause: error });
    this.failure = failure;
    for (const waiter of [...waiting, ...this.takeWaiting()]) waiter.reject(failure);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.start();
    }, this.limits.retryMs);
  }
}
