import type { EventLog } from '@steno/event-log';
import { TOPICS } from '@steno/proto';
import type { LogRange, StoreReader } from '@steno/event-store';
import { TopicProjection } from './topic-projection.js';
import type { ProjectionOptions } from './topic-projection.js';

/**
 * Half of the 1.5 s after which an event may be asked for; it spares ClickHouse many small
 * inserts.
 */
const PACE_MS = 750;

export interface ProjectorOptions {
  readonly log: EventLog;
  readonly reader: StoreReader;
  readonly database: string;
  /** Whose servers hold the tables; undefined: one server does. */
  readonly cluster?: string | undefined;
  readonly onRetry: (error: unknown, range: LogRange) => void;
  readonly onRange?: ProjectionOptions['onRange'];
  readonly onResume?: ProjectionOptions['onResume'];
  readonly tracer?: ProjectionOptions['tracer'];
}

export interface RunningProjector {
  /** Settles when it was stopped; rejects with what it cannot go on from. */
  readonly done: Promise<void>;
  /**
   * Stands still from the moment this resolves until the function it gives is called; then goes on
   * from what the store holds by that time.
   */
  hold(): Promise<() => void>;
  stop(): Promise<void>;
}

/** Keeps the store up to date with the log until it is stopped. */
export function startProjector(options: ProjectorOptions): RunningProjector {
  return new Projector(options);
}

class Projector implements RunningProjector {
  readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private holds = 0;
  private term = new AbortController();
  private standing: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;

  constructor(private readonly options: ProjectorOptions) {
    this.done = this.run();
  }

  async hold(): Promise<() => void> {
    this.holds += 1;
    this.term.abort();
    await this.standing;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.holds -= 1;
      if (this.holds === 0) this.wake();
    };
  }

  stop(): Promise<void> {
    this.stopping.abort();
    this.term.abort();
    this.wake();
    return this.done;
  }

  /** One term after the other, with the holds between them. */
  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (this.holds > 0) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      this.term = new AbortController();
      const term = this.runTerm(this.term);
      // Whoever holds waits for the end of the term, not for why it ended.
      this.standing = term.catch(() => undefined);
      await term;
    }
  }

  private async runTerm(term: AbortController): Promise<void> {
    const { log, reader, database, cluster, onRetry, tracer } = this.options;
    const { onRange = () => undefined, onResume = () => undefined } = this.options;
    const target = { database, suffix: '', cluster };
    const runs = TOPICS.map(async (topic) => {
      const told = { onRetry, onRange, onResume, tracer };
      const options = { log, reader, target, paceMs: PACE_MS, ...told };
      try {
        await new TopicProjection(topic, options).run(term.signal);
      } catch (error) {
        if (term.signal.aborted) return;
        term.abort();
        throw error;
      }
    });
    const results = await Promise.allSettled(runs);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
