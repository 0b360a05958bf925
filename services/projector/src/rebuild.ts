import type { EventLog } from '@steno/event-log';
import { PROJECTED_TABLES, createTables, dropTables } from '@steno/event-store';
import type { Retention, StoreReader } from '@steno/event-store';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { TopicProjection } from './topic-projection.js';

const SUFFIX = '_rebuild';
const COUNTED = ['events', 'duplicates', 'forks', 'deadLetters'] as const;

export interface RebuildOptions {
  readonly log: EventLog;
  readonly reader: StoreReader;
  readonly database: string;
  readonly retention: Retention;
  readonly signal: AbortSignal;
  /** Makes the projector that runs beside stand still; gives what lets it go on. */
  readonly hold: () => Promise<() => void>;
  /** Batches of the log that are done, and how many there are. */
  readonly onProgress: (done: number, total: number) => void;
  readonly onRetry: (error: unknown) => void;
}

export interface RebuildCounts {
  readonly events: number;
  readonly duplicates: number;
  readonly forks: number;
  readonly deadLetters: number;
}

/**
 * Fills new tables from the log, then puts them in the place of the old ones. Readers see the old rows until then, and a
 * projector that runs beside goes on from what the new ones hold.
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildCounts> {
  const { reader, database } = options;
  const target = { database, suffix: SUFFIX };
  await dropTables(reader.client, target);
  await createTables(reader.client, target, options.retention);
  const run = new RebuildRun(options);
  await run.catchUp();
  const release = await options.hold();
  try {
    await run.catchUp();
    const pairs = PROJECTED_TABLES.map(
      (table) => `${database}.${table} AND ${database}.${table}${SUFFIX}`,
    );
    await reader.client.command({ query: `EXCHANGE TABLES ${pairs.join(', ')}` });
  } finally {
    release();
  }
  await dropTables(reader.client, target);
  return run.counts;
}

class RebuildRun {
  readonly counts = { events: 0, duplicates: 0, forks: 0, deadLetters: 0 };
  private readonly projections: readonly TopicProjection[];
  private done = 0;
  private total = 0;

  constructor(private readonly options: RebuildOptions) {
    this.projections = TOPICS.map((topic) => this.projection(topic));
  }

  async catchUp(): Promise<void> {
    const { log, signal } = this.options;
    const ends = await Promise.all(TOPICS.map((topic) => log.end(topic)));
    this.total = ends.flatMap((end) => [...end.values()]).reduce((sum, end) => sum + end, 0);
    for (const [index, projection] of this.projections.entries()) {
      await projection.catchUp(ends[index] ?? new Map<number, number>(), signal);
    }
  }

  private projection(topic: Topic): TopicProjection {
    const { log, reader, database, onRetry } = this.options;
    return new TopicProjection(topic, {
      log,
      reader,
      target: { database, suffix: SUFFIX },
      paceMs: 0,
      onRetry,
      onResume: () => undefined,
      onRange: (range, added) => {
        this.done += range.until - range.from;
        for (const name of COUNTED) this.counts[name] += added[name];
        this.options.onProgress(this.done, this.total);
      },
    });
  }
}
