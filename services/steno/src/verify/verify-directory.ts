import type { EventLog } from '@steno/event-log';
import { makeStoreClient } from '@steno/event-store';
import type { StatusView } from '@steno/proto';
import { readApiFile } from '../cli/api-address.js';
import { ApiClient } from '../cli/api-client.js';
import { CliError } from '../cli/errors.js';
import type { Config } from '../config/config.js';
import { readInstallationKeys } from '../data-directory/installation-keys.js';
import type { InstallationKeys } from '../data-directory/installation-keys.js';
import { dataLayout } from '../data-directory/layout.js';
import { asLogError, openLog } from '../data-directory/open-log.js';
import { openStore } from '../data-directory/open-store.js';
import { logSpans, writerOf } from './log-spans.js';
import { StoreTables } from './store-tables.js';
import { verify } from './verify.js';
import type { VerifyOptions, VerifyReport } from './verify.js';

/**
 * Verifies a data directory, beside a running `steno up` or without.
 *
 * @throws CliError where that cannot be done
 */
export async function verifyDirectory(
  config: Config,
  onProgress: VerifyOptions['onProgress'],
): Promise<VerifyReport> {
  const layout = dataLayout(config);
  const keys = readInstallationKeys(layout);
  if (keys === undefined) throw new CliError('no-installation', `It is ${config.data}.`);
  let log: EventLog | undefined;
  try {
    log = openLog(config);
    await refuseOther(log, keys);
    const store = await openStore(config);
    // The database may not be there; all queries name it.
    const client = makeStoreClient({ ...store.options, database: 'default' });
    try {
      const tables = new StoreTables(client, store.options.database);
      if (!(await tables.exist())) throw new CliError('store-empty');
      return await verify({
        log,
        tables,
        keys,
        retention: config.retention,
        lagMs: store.isRunning ? await reportedLag(config) : 0,
        nowMs: Date.now(),
        isLive: store.isRunning,
        onProgress,
      });
    } finally {
      await client.close();
      await store.stop();
    }
  } catch (error) {
    throw asLogError(error);
  } finally {
    await log?.close();
  }
}

/** With the keys of another installation everything would look changed. */
async function refuseOther(log: EventLog, { installation }: InstallationKeys): Promise<void> {
  const writer = await writerOf(log, await logSpans(log));
  if (writer === undefined || writer === installation) return;
  throw new CliError('other-installation', `It was ${writer}, the keys are of ${installation}.`);
}

/** Without an api that answers nobody reports a lag, and none is allowed for. */
async function reportedLag({ data }: Config): Promise<number> {
  try {
    const address = readApiFile(data);
    if (address === undefined) return 0;
    const { projectorLagMs } = await new ApiClient(address).get<StatusView>('/api/status');
    return Number.isFinite(projectorLagMs) ? projectorLagMs : 0;
  } catch (error) {
    if (error instanceof CliError) return 0;
    throw error;
  }
}
