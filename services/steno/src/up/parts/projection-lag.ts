import type { EventLog, LogCheckpoint } from '@steno/event-log';

const TICK_MS = 250;

/** How long the newest commit has waited to be queryable. */
export class ProjectionLag {
  private end: LogCheckpoint = new Map();
  private done: LogCheckpoint = new Map();
  /** When the log first held more than was projected, in milliseconds since the epoch. */
  private behindSince: number | undefined;
  private readonly timer: NodeJS.Timeout;
  private ticking = false;

  /** @param look where the projector has come to; without it that is told by `projected` */
  constructor(
    private readonly log: EventLog,
    private readonly look: (() => Promise<LogCheckpoint>) | undefined,
  ) {
    this.timer = setInterval(() => {
      if (!this.ticking) void this.tick();
    }, TICK_MS);
  }

  projected(done: LogCheckpoint): void {
    this.done = done;
    this.behindSince = this.isBehind() ? Date.now() : undefined;
  }

  milliseconds(): number {
    return this.behindSince === undefined ? 0 : Date.now() - this.behindSince;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    this.ticking = true;
    try {
      this.end = await this.log.end('data');
      const done = await this.look?.();
      if (done !== undefined) this.done = done;
    } catch {
      // The log or the store is away, as others say; what was known goes on to age.
    } finally {
      this.ticking = false;
    }
    if (!this.isBehind()) this.behindSince = undefined;
    else this.behindSince ??= Date.now();
  }

  private isBehind(): boolean {
    return [...this.end].some(([partition, end]) => (this.done.get(partition) ?? 0) < end);
  }
}
