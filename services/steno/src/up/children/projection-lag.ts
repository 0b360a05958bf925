import type { EventLog } from '@steno/event-log';

const TICK_MS = 250;

/** How long the newest commit has waited to be queryable. */
export class ProjectionLag {
  private end = 0;
  private done = 0;
  /** When the log first held more than was projected, in milliseconds since the epoch. */
  private behindSince: number | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly log: EventLog) {
    this.timer = setInterval(() => {
      void this.tick();
    }, TICK_MS);
  }

  projected(offset: number): void {
    this.done = offset;
    this.behindSince = this.done < this.end ? Date.now() : undefined;
  }

  milliseconds(): number {
    return this.behindSince === undefined ? 0 : Date.now() - this.behindSince;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    this.end = (await this.log.end('data')).get(0) ?? 0;
    if (this.done < this.end) this.behindSince ??= Date.now();
  }
}
