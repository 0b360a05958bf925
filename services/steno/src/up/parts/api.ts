import { startApi } from '@steno/api';
import type { ApiOptions, RunningApi } from '@steno/api';
import { Instance } from '@steno/event-log';
import { DryRuns } from '../../back-test/dry-runs.js';
import { CliError } from '../../cli/errors.js';
import { signInLink } from '../../cli/sign-in.js';
import { dataLayout } from '../../data-directory/layout.js';
import { logLine, reasonOf } from '../log-lines.js';
import type { ChildReport, ChildStart, ChildWork } from '../messages.js';
import { InstanceWatch } from './instance-watch.js';
import { apiRecords } from './api-records.js';
import { catalogsOf } from './catalogs.js';
import { newOrigin } from './origin.js';
import { openSharedLog } from './part-log.js';
import { webOptions } from './web-options.js';
import { NotedProgress, ProjectionLag, endOf } from './projection-lag.js';

/** The projector says first that an instance is silent; where there is none, the api does. */
const PATIENCE_MS = 5_000;

/** The console and what it asks. */
export async function startApiPart(
  told: ChildStart,
  tell: (report: ChildReport) => void,
): Promise<ChildWork> {
  const { config, store, instance: name } = told;
  if (store === undefined) throw new CliError('needs-store');
  const layout = dataLayout(config);
  const { origin, keys } = newOrigin(layout, { role: 'api', instance: name });
  const shared = await openSharedLog(told, 'api', ['activity']);
  const { log } = shared;
  const instance = new Instance({ log, origin, role: 'api', version: told.version });
  await instance.begin();
  const { control } = instance;
  const watched = { log, rootPublicKey: keys.rootPublicKey, origin, control };
  const started: { api?: RunningApi } = {};
  // What comes before the api is there it looks up as it starts.
  const watch = await InstanceWatch.start({
    ...watched,
    patienceMs: PATIENCE_MS,
    listeners: { approval: (changed) => started.api?.approvalChanged(changed) },
  });
  const noted = config.kafka === undefined ? undefined : new NotedProgress(store);
  const lag = new ProjectionLag(log, noted && (() => noted.read()));
  const catalogs = catalogsOf(told, tell);
  const catalogOf = (target: string) => catalogs.of(target);
  const targets = () => [...watch.known.targets.values()];
  const dryRuns = new DryRuns({ store, tenant: 'default', targets, catalogOf });
  const api = await startApi({
    listen: { ...told.listen, names: config.web.names },
    ...webOptions(config, warn),
    store,
    installation: keys.installation,
    version: told.version,
    logKind: config.kafka === undefined ? 'embedded' : 'kafka',
    issuers: issuersOf(told),
    installationKey: keys.contentKey,
    localToken: told.localToken,
    ...apiRecords(instance, watch.known, log),
    dryRun: (asked, signal) => dryRuns.run(asked, signal),
    projectorLag: () => lag.milliseconds(),
    instanceStates: () => watch.states,
    logEnd: (topic) => endOf(log, topic),
    now: () => Date.now(),
    onError: (error, where) => {
      const stack = error instanceof Error ? { stack: error.stack } : {};
      logLine('api', 'error', reasonOf(error), { where, ...stack });
    },
    warn,
  });
  started.api = api;
  return {
    ready: { port: api.port, url: api.url, signIn: signInLink(api.url, api.newSignInCode()) },
    on: (order) => {
      if (order.order === 'catalog') catalogs.told(order.catalog);
      if (order.order === 'projected') lag.projected(new Map([[0, order.offset]]));
    },
    stop: async () => {
      await api.stop();
      lag.stop();
      await catalogs.close();
      await noted?.close();
      await watch.stop();
      await instance.end().catch((error: unknown) => {
        logLine('api', 'error', `the end is not recorded: ${reasonOf(error)}`);
      });
      await shared.close();
    },
  };
}

const warn: ApiOptions['warn'] = (message, details) => {
  logLine('api', 'warn', message, details);
};

function issuersOf({ config, developmentIssuer }: ChildStart) {
  const issuers = config.issuers.map(({ issuer }) => ({ issuer, development: false }));
  if (developmentIssuer) issuers.push({ issuer: 'urn:steno:development', development: true });
  return issuers;
}
