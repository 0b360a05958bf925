import { Instance } from '@steno/event-log';
import { makeStoreClient, migrate } from '@steno/event-store';
import type { StoreOptions } from '@steno/event-store';
import { StoreAhead, serveHolds, startProjector } from '@steno/projector';
import type { Registry } from 'prom-client';
import { CliError } from '../../cli/errors.js';
import { dataLayout } from '../../data-directory/layout.js';
import { ProjectorMetrics } from '../../processes/projector-metrics.js';
import { putInBackground } from '../background.js';
import { logLine, reasonOf } from '../log-lines.js';
import type { ChildReport, ChildStart, ChildWork } from '../messages.js';
import { untilCaughtUp } from './catch-up.js';
import { InstanceWatch } from './instance-watch.js';
import { TENANT, newOrigin } from './origin.js';
import { openSharedLog } from './part-log.js';
import { openTracing } from './part-tracing.js';

/** Brings the log into ClickHouse. */
export async function startWorkerPart(
  told: ChildStart,
  tell: (report: ChildReport) => void,
  registry?: Registry,
): Promise<ChildWork> {
  const { config, store, instance: name } = told;
  const layout = dataLayout(config);
  if (store === undefined) throw new CliError('needs-store');
  await bringUpToDate(store, config);
  const { origin, keys } = newOrigin(layout, { role: 'worker', instance: name });
  const tracing = await openTracing(told, 'worker', origin);
  const shared = await openSharedLog(told, 'worker', []);
  const { log } = shared;
  const instance = new Instance({ log, origin, role: 'worker', version: told.version });
  await instance.begin();
  const { control } = instance;
  const watched = { log, rootPublicKey: keys.rootPublicKey, origin, control };
  const watch = await InstanceWatch.start({ ...watched, patienceMs: 0 });
  const client = makeStoreClient(store);
  const metrics = registry && new ProjectorMetrics(registry, log, tracing);
  const done = new Map<string, number>();
  const projected = (topic: string, partition: number, until: number): void => {
    done.set(`${topic}/${partition}`, until);
    if (topic === 'data') tell({ report: 'projected', offset: until });
  };
  const projector = startProjector({
    log,
    reader: { client, tenant: TENANT },
    database: store.database,
    cluster: store.cluster,
    tracer: tracing,
    onRetry: (error, { topic, from: offset }) => {
      metrics?.retried();
      const reason = reasonOf(error);
      logLine('worker', 'warn', `projecting is tried again: ${reason}`, { topic, offset });
    },
    onResume: (topic, checkpoint) => {
      metrics?.resumed(topic, checkpoint);
      for (const [partition, until] of checkpoint) projected(topic, partition, until);
    },
    onRange: (range, counts, tookMs) => {
      const { topic, partition, until } = range;
      metrics?.ranged(range, counts, tookMs);
      projected(topic, partition, until);
      if (counts.forks + counts.deadLetters > 0) {
        const details = { topic, ...counts };
        logLine('worker', 'error', 'the log holds what does not belong there', details);
      }
    },
  });
  const holds = await serveHolds(projector, layout.projectorSocket);
  putInBackground(process.pid);
  return {
    ready: {},
    failed: projector.done.then(() => new Promise<never>(() => undefined), named),
    stop: async () => {
      await watch.stop();
      await instance.end().catch((error: unknown) => {
        logLine('worker', 'error', `the end is not recorded: ${reasonOf(error)}`);
      });
      // With the log away it cannot be said what is left.
      await untilCaughtUp(log, done).catch(() => undefined);
      await holds.close();
      await projector.stop();
      await tracing?.close();
      metrics?.stop();
      await shared.close();
      await client.close();
    },
  };
}

async function bringUpToDate(
  store: StoreOptions,
  { retention }: ChildStart['config'],
): Promise<void> {
  const client = makeStoreClient({ ...store, database: 'default' });
  const applied = await migrate(client, store.database, retention, store.cluster);
  await client.close();
  if (applied.length > 0) logLine('worker', 'info', 'brought the schema up to date', { applied });
}

function named(error: unknown): never {
  throw error instanceof StoreAhead ? new CliError('store-ahead', error.message) : error;
}
