import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@steno/event-log';
import { createTables, dropTables, exchangeTables, listSuffixes } from '@steno/event-store';
import type { Retention, SchemaTarget, StoreReader } from '@steno/event-store';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { Hold } from './hold-socket.js';
import { TopicProjection } from './topic-projection.js';

const SUFFIX = '_rebuild_';
const OTHERS_POLL_MS = 1_000;
const OTHERS_WAIT_MS = 15 * 60_000;
const COUNTED = ['events', 'duplicates', 'forks', 'deadLetters'] as const;

export interface RebuildOptions {
  readonly log: EventLog;
  readonly reader: StoreReader;
  readonly database: string;
  /** Whose servers hold the tables; undefined: one server does. */
  readonly cluster?: string | undefined;
  readonly retention: Retention;
  readonly signal: AbortSignal;
  /** Makes the projector that runs beside stand still. */
  readonly hold: () => Promise<Hold>;
  /**
   * Where projectors are at work that `hold` does not reach: their inserts would put into the new
   * tables what is there already. They must be stopped for the switch; default: nowhere.
   */
  readonly others?: () => Promise<readonly string[]>;
  /** It waits for those to be stopped. */
  readonly onOthers?: (where: readonly string[]) => void;
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

/** Projectors on other machines were not stopped in time. */
export class OthersProject extends Error {
  override readonly name = 'OthersProject';
}

/**
 * Fills new tables from the log, then puts them in the place of the old ones. Readers see the old
 * rows until then, and a projector that runs beside goes on from what the new ones hold. Whatever
 * it rejects with, the old ones are in place; a rebuild that is begun meanwhile ends this one.
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildCounts> {
  const { reader, database, cluster } = options;
  const { client } = reader;
  for (const suffix of await listSuffixes(client, database)) {
    if (suffix.startsWith(SUFFIX)) await dropTables(client, { database, suffix, cluster });
  }
  const suffix = `${SUFFIX}${randomUUID().replaceAll('-', '')}`;
  const target = { database, suffix, cluster };
  try {
    await createTables(client, target, options.retention);
    return await fill(options, target);
  } finally {
    // The old tables, or new ones that were not finished; what stays is dropped by the next
    // rebuild.
    await dropTables(client, target).catch(options.onRetry);
  }
}

async function fill(options: RebuildOptions, target: SchemaTarget): Promise<RebuildCounts> {
  const { reader, hold, signal } = options;
  const run = new RebuildRun(options, target);
  await run.catchUp();
  const held = await hold();
  try {
    await run.catchUp();
    await untilAlone(options);
    // What they did until they ended, and whatever came meanwhile.
    await run.catchUp();
    signal.throwIfAborted();
    held.lost.throwIfAborted();
    await exchangeTables(reader.client, target);
  } finally {
    held.release();
  }
  return run.counts;
}

/** Resolves when no projector is at work but those that are held. Rejects with OthersProject. */
async function untilAlone(options: RebuildOptions): Promise<void> {
  const { others = () => Promise.resolve([]), onOthers = () => undefined, signal } = options;
  const deadline = performance.now() + OTHERS_WAIT_MS;
  let told = '';
  for (;;) {
    const where = await others();
    if (where.length === 0) return;
    if (performance.now() > deadline) throw new OthersProject(where.join(', '));
    if (told !== where.join()) onOthers(where);
    told = where.join();
    await delay(OTHERS_POLL_MS, undefined, { signal });
  }
}

class RebuildRun {
  readonly counts = { events: 0, duplicates: 0, forks: 0, deadLetters: 0 };
  private readonly projections: readonly TopicProjection[];
  private done = 0;
  private total = 0;

  constructor(
    private readonly options: RebuildOptions,
    target: SchemaTarget,
  ) {
    this.projections = TOPICS.map((topic) => this.projection(topic, target));
  }

  async catchUp(): Promise<void> {
    const { log, signal } = this.options;
    const ends = await Promise.all(TOPICS.map((topic) => log.end(topic)));
    this.total = ends.flatMap((end) => [...end.values()]).reduce((sum, end) => sum + end, 0);
    for (const [index, projection] of this.projections.entries()) {
      await projection.catchUp(ends[index] ?? new Map<number, number>(), signal);
    }
  }

  private projection(topic: Topic, target: SchemaTarget): TopicProjection {
    const { log, reader, onRetry } = this.options;
    return new TopicProjection(topic, {
      log,
      reader,
      target,
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
