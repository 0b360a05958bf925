import { makeStoreClient, migrate } from '@steno/event-store';
import { OthersProject, holdProjector, rebuild } from '@steno/projector';
import type { RebuildCounts, RebuildOptions } from '@steno/projector';
import type { Config } from '../config/config.js';
import { readInstallationKeys } from '../data-directory/installation-keys.js';
import { dataLayout } from '../data-directory/layout.js';
import { asLogError, openLog, projectorHosts } from '../data-directory/open-log.js';
import { openStore } from '../data-directory/open-store.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { Progress } from './progress.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

const TENANT = 'default';
/** Failures of ClickHouse in a row, some seconds apart, until it is given up. */
const RETRIES_MAX = 20;

export const defineRebuild: DefineVerb = (program, context, finish) => {
  addVerb(
    program,
    'rebuild',
    'Makes the tables of ClickHouse anew from the event log, beside a running `steno up` too.',
  ).action(async (options: SharedOptions) => {
    const started = Date.now();
    const progress = new Progress(context.err, 'rebuilding');
    const counts = await rebuildDirectory(loadConfig(context, options), {
      onProgress: (done, total) => {
        void progress.show(done, total);
      },
      onOthers: (where) => {
        void progress.end().then(() => context.err.line(waiting(where)));
      },
    });
    await progress.end();
    const seconds = (Date.now() - started) / 1000;
    if (options.json === true) await context.out.json({ ...counts, seconds });
    else await context.out.line(summary(counts, seconds));
    finish(EXIT.done);
  });
};

function waiting(where: readonly string[]): string {
  return (
    `The new tables are ready. Stop the projectors on ${where.join(', ')}: ` +
    'while they are at work the new ones cannot take the place of the old ones.'
  );
}

function summary(counts: RebuildCounts, seconds: number): string {
  const { events, duplicates, forks, deadLetters } = counts;
  const number = (value: number): string => value.toLocaleString('en');
  const rarer: readonly [number, string][] = [
    [duplicates, 'repeated'],
    [forks, 'forked'],
    [deadLetters, 'unreadable'],
  ];
  const more = rarer
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${number(count)} ${what}`);
  return `Rebuilt ${[`${number(events)} events`, ...more].join(', ')} in ${seconds.toFixed(1)} s.`;
}

async function rebuildDirectory(
  config: Config,
  { onProgress, onOthers }: Pick<Required<RebuildOptions>, 'onProgress' | 'onOthers'>,
): Promise<RebuildCounts> {
  const { data, retention } = config;
  const layout = dataLayout(config);
  if (readInstallationKeys(layout) === undefined) {
    throw new CliError('no-installation', `It is ${data}.`);
  }
  let log;
  try {
    const opened = openLog(config);
    log = opened;
    const store = await openStore(config);
    const { options } = store;
    const { database } = options;
    // There may be no database yet to connect to.
    const bare = makeStoreClient({ ...options, database: 'default' });
    const client = makeStoreClient(options);
    const patience = new Patience();
    try {
      await migrate(bare, database, retention, options.cluster);
      return await rebuild({
        log,
        reader: { client, tenant: TENANT },
        database,
        cluster: options.cluster,
        retention,
        signal: patience.signal,
        hold: () => holdProjector(layout.projectorSocket),
        others: () => projectorHosts(opened),
        onOthers,
        onProgress: (done, total) => {
          patience.worked();
          onProgress(done, total);
        },
        onRetry: (error) => {
          patience.failed(error);
        },
      });
    } catch (error) {
      if (error instanceof OthersProject) throw new CliError('projectors-at-work', error.message);
      throw patience.reason ?? error;
    } finally {
      await Promise.all([bare.close(), client.close()]);
      await store.stop();
    }
  } catch (error) {
    throw asLogError(error);
  } finally {
    await log?.close();
  }
}

/** Ends the work when ClickHouse has failed too often in a row. */
class Patience {
  reason: CliError | undefined;
  private readonly abort = new AbortController();
  private failures = 0;

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  worked(): void {
    this.failures = 0;
  }

  failed(error: unknown): void {
    this.failures += 1;
    if (this.failures < RETRIES_MAX) return;
    const why = error instanceof Error ? error.message : String(error);
    this.reason ??= new CliError('store-unavailable', why);
    this.abort.abort();
  }
}
