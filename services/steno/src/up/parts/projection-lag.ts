import { LogUnavailable } from '@steno/event-log';
import type { EventLog, LogCheckpoint } from '@steno/event-log';
import type { Topic } from '@steno/proto';
import { makeStoreClient, readNoted } from '@steno/event-store';
import type { StoreOptions, StoreReader } from '@steno/event-store';
import { TENANT } from './origin.js';

const TICK_MS = 250;
/** Beyond so many, every second one is forgotten: what is that far behind is measured roughly. */
const SEEN_MAX = 1_000;

/** The log ended there when it was looked at. */
interface SeenEnd {
  /** In milliseconds since the epoch. */
  readonly at: number;
  readonly end: LogCheckpoint;
}

/** How long the oldest commit that is not queryable has been in the log, as far as it was seen. */
export class ProjectionLag {
  /** Ends that the projector has not come to, oldest first. */
  private seen: readonly SeenEnd[] = [];
  private done: LogCheckpoint = new Map();
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
    this.seen = this.seen.filter(({ end }) => this.isBehind(end));
  }

  milliseconds(): number {
    const [oldest] = this.seen;
    return oldest === undefined ? 0 : Date.now() - oldest.at;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    this.ticking = true;
    try {
      this.saw(await this.log.end('data'));
      const done = await this.look?.();
      if (done !== undefined) this.projected(done);
    } catch {
      // The log or the store is away, as others say; what was known goes on to age.
    } finally {
      this.ticking = false;
    }
  }

  private saw(end: LogCheckpoint): void {
    const newest = this.seen.at(-1)?.end ?? this.done;
    const isFurther = [...end].some(([partition, to]) => (newest.get(partition) ?? 0) < to);
    if (!isFurther || !this.isBehind(end)) return;
    const seen = [...this.seen, { at: Date.now(), end: new Map(end) }];
    this.seen = seen.length > SEEN_MAX ? seen.filter((_, index) => index % 2 === 0) : seen;
  }

  private isBehind(end: LogCheckpoint): boolean {
    return [...end].some(([partition, to]) => (this.done.get(partition) ?? 0) < to);
  }
}

/** The projector may run elsewhere: where it has come to, it notes in the store. */
export class NotedProgress {
  private readonly reader: StoreReader;

  constructor(store: StoreOptions) {
    this.reader = { client: makeStoreClient(store), tenant: TENANT };
  }

  async read(): Promise<LogCheckpoint> {
    const noted = await readNoted(this.reader, '', 'data');
    return new Map(noted.map(({ partition, until }) => [partition, until]));
  }

  close(): Promise<void> {
    return this.reader.client.close();
  }
}

export async function endOf(log: EventLog, topic: Topic): Promise<LogCheckpoint | undefined> {
  try {
    return await log.end(topic);
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error;
    return undefined;
  }
}
