import { hostname } from 'node:os';
import { rmSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/config.js';
import { formatAddress } from '../config/address.js';
import type { Address } from '../config/address.js';
import { dataLayout } from '../data-directory/layout.js';
import { remoteStore } from '../data-directory/open-store.js';
import { writePrivateFile } from '../data-directory/private-file.js';
import { runPart } from '../processes/run-part.js';
import type { RunningPart } from '../processes/run-part.js';
import { makeLog } from '../up/log.js';
import type { Log } from '../up/log.js';
import type { Part } from '../up/messages.js';
import { checkGateway, checkWeb } from '../up/preflight.js';
import { reload } from '../up/reload.js';
import type { Context } from './context.js';
import { EXIT } from './exit-codes.js';
import { signInLink } from './sign-in.js';
import { untilTold } from './signals.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { stenoVersion } from './version.js';

type PartName = 'capture' | 'projector' | 'api';

interface Options extends SharedOptions {
  readonly instance: string;
}

interface PartVerb {
  readonly summary: string;
  /** Loaded when it runs, since that takes longer than most verbs. */
  readonly load: () => Promise<Part>;
  readonly listen: (config: Config) => Address;
  /** Looks at what this part refers to: all have one steno.yaml, and each its own secrets. */
  readonly check: (config: Config, log: Log) => void;
  readonly usesStore: boolean;
}

const NOWHERE: Address = { host: '', port: 0 };
const PARTS: Readonly<Record<PartName, PartVerb>> = {
  capture: {
    summary: 'Runs the gateways alone, on a Kafka that all parts share.',
    load: async () => (await import('../up/parts/capture.js')).startCapturePart,
    listen: ({ gateways }) => gateways.postgres.listen,
    check: checkGateway,
    usesStore: false,
  },
  projector: {
    summary: 'Runs the projector alone: from Kafka into ClickHouse.',
    load: async () => (await import('../up/parts/worker.js')).startWorkerPart,
    listen: () => NOWHERE,
    check: () => undefined,
    usesStore: true,
  },
  api: {
    summary: 'Runs the console and its api alone.',
    load: async () => (await import('../up/parts/api.js')).startApiPart,
    listen: ({ web }) => web.listen,
    check: checkWeb,
    usesStore: true,
  },
};

export const defineCapture = definePart('capture');
export const defineProjector = definePart('projector');
export const defineApi = definePart('api');

function definePart(name: PartName): DefineVerb {
  return (program, context, finish) => {
    const { summary } = PARTS[name];
    addVerb(program, name, summary)
      .addOption(
        new Option('--instance <name>', 'the name it is certified by (default: the host’s)')
          .argParser(parseInstance)
          .default(hostname().slice(0, 63)),
      )
      .addHelpText('after', HELP)
      .action(async (options: Options) => {
        await runUntilTold(name, context, options);
        finish(EXIT.done);
      });
  };
}

const HELP = `
All parts of an installation have the same steno.yaml, with \`log.kafka\`, \`store\` and \`keys.root\`.
Of one name one process runs at a time: it owns the spool of that name in its data directory.
SIGTERM stops it in order; SIGHUP has a capture read the targets again.`;

export function parseInstance(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be of letters, digits, _ . and -, at most 63.');
}

async function runUntilTold(name: PartName, context: Context, options: Options): Promise<void> {
  const { load, listen, check, usesStore } = PARTS[name];
  const log = makeLog(context.err, true);
  const read = (): Config => {
    const fresh = loadConfig(context, options);
    check(fresh, log);
    return fresh;
  };
  let config = read();
  const told = untilTold();
  const running = await runPart(await load(), {
    config,
    version: stenoVersion(),
    instance: options.instance,
    store: usesStore ? remoteStore(config) : undefined,
    listen: listen(config),
    log,
  });
  process.on('SIGHUP', () => {
    config = reload(config, read, log);
    running.retarget(config);
  });
  void told.second.then(() => process.exit(EXIT.failed));
  try {
    await announce(name, context, config, { options, running });
    await Promise.race([told.first, running.failed]);
  } finally {
    if (name === 'api') rmSync(dataLayout(config).apiFile, { force: true });
    await running.stop();
  }
}

/** One line of JSON, whoever reads it: these processes are started by others. */
async function announce(
  part: PartName,
  { out }: Context,
  config: Config,
  { options, running }: { options: Options; running: RunningPart },
): Promise<void> {
  const { port = 0, url, signIn } = running.ready;
  const line = { ready: true, part, instance: options.instance };
  if (part === 'capture') {
    const { host } = config.gateways.postgres.listen;
    await out.json({ ...line, gateways: { postgres: formatAddress({ host, port }) } });
  } else if (part === 'api' && url !== undefined) {
    const address = { url, token: running.localToken };
    writePrivateFile(dataLayout(config).apiFile, `${JSON.stringify(address)}\n`);
    await out.json({ ...line, web: url, signIn: signInLink(url, signIn ?? '') });
  } else await out.json(line);
}
