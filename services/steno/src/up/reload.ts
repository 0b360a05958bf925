import { isDeepStrictEqual } from 'node:util';
import { CliError } from '../cli/errors.js';
import type { Config } from '../config/config.js';
import type { Log } from './log.js';

type ReadConfig = () => Promise<Config>;

/** What may change while it runs; for all else the processes would have to start anew. */
const LIVE: ReadonlySet<string> = new Set(['targets', 'policies']);

/** Has each SIGHUP read the configuration again, one after the other. */
export function reloadOnHangup(
  { config, log }: { readonly config: Config; readonly log: Log },
  read: ReadConfig,
  apply: (config: Config) => void,
): void {
  let turn = Promise.resolve(config);
  process.on('SIGHUP', () => {
    turn = turn.then(async (running) => {
      const next = await reload(running, read, log);
      if (next !== running) apply(next);
      return next;
    });
  });
}

/**
 * What to go on with after SIGHUP: targets and policies as steno.yaml has them now, the rest as it
 * was. A file with faults changes nothing, and is complained of.
 *
 * @param read reads and checks the file
 */
async function reload(running: Config, read: ReadConfig, log: Log): Promise<Config> {
  let fresh: Config;
  try {
    fresh = await read();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { code, message, hint } = error;
    log.say('error', `the configuration stays as it was: ${message}`, { code, hint });
    return running;
  }
  const keys = Object.keys(fresh) as (keyof Config)[];
  const later = keys.filter(
    (key) => !LIVE.has(key) && !isDeepStrictEqual(fresh[key], running[key]),
  );
  if (later.length > 0) {
    log.say('warn', 'of what changed in the configuration, this takes effect at the next start', {
      keys: later,
    });
  }
  return { ...running, targets: fresh.targets, policies: fresh.policies };
}
