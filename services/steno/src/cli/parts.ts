import { hostname } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { parseAddress } from '../config/address.js';
import type { Address } from '../config/address.js';
import type { Config } from '../config/config.js';
import { remoteStore } from '../data-directory/open-store.js';
import { runPart } from '../processes/run-part.js';
import { makeLog } from '../up/log.js';
import { reloadOnHangup } from '../up/reload.js';
import { announce, withdraw } from './announce-part.js';
import type { Context } from './context.js';
import { EXIT } from './exit-codes.js';
import { PARTS } from './part-table.js';
import type { PartName } from './part-table.js';
import { untilTold } from './signals.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { stenoVersion } from './version.js';

interface Options extends SharedOptions {
  readonly instance: string;
  readonly admin?: Address;
}

export const defineCapture = definePart('capture');
export const defineProjector = definePart('projector');
export const defineApi = definePart('api');

function definePart(name: PartName): DefineVerb {
  return (program, context, finish) => {
    const { summary, hasAdmin } = PARTS[name];
    const verb = addVerb(program, name, summary)
      .addOption(
        new Option('--instance <name>', 'the name it is certified by (default: the host’s)')
          .argParser(parseInstance)
          .default(hostname().slice(0, 63)),
      )
      .addHelpText('after', HELP)
      .action(async (options: Options) => {
        await runUntilTold(name, context, options);
        finish(EXIT.done);
        // What a client library has left open must not hold up the end.
        setTimeout(() => process.exit(EXIT.done), LINGER_MS).unref();
      });
    if (hasAdmin) {
      const about = 'where it serves health and metrics (default: admin.listen)';
      verb.addOption(new Option('--admin <host:port>', about).argParser(parseAdmin));
    }
  };
}

const LINGER_MS = 1_000;

const HELP = `
All parts of an installation have the same steno.yaml, with \`log.kafka\`, \`store\` and
\`keys.root\`. Of one name one process runs at a time: it owns the spool of that name in its data
directory.
SIGTERM stops it in order; SIGHUP has a capture read targets and policies again.`;

export function parseInstance(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be of letters, digits, _ . and -, at most 63.');
}

function parseAdmin(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new InvalidArgumentError('It must be host:port.');
}

async function runUntilTold(name: PartName, context: Context, options: Options): Promise<void> {
  const { load, listen, check, usesStore, hasAdmin } = PARTS[name];
  const log = makeLog(context.err, true);
  const read = async (): Promise<Config> => {
    const fresh = loadConfig(context, options);
    await check(fresh, log);
    return fresh;
  };
  const config = await read();
  const told = untilTold();
  const running = await runPart(await load(), {
    config,
    version: stenoVersion(),
    instance: options.instance,
    store: usesStore ? remoteStore(config) : undefined,
    listen: listen(config),
    admin: hasAdmin ? (options.admin ?? config.admin) : undefined,
    log,
  });
  reloadOnHangup({ config, log }, read, (fresh) => {
    running.retarget(fresh);
  });
  void told.second.then(() => process.exit(EXIT.failed));
  try {
    await announce(name, context, config, { instance: options.instance, running });
    await Promise.race([told.first, running.failed]);
  } finally {
    if (name === 'api') withdraw(config);
    await running.stop();
  }
}
