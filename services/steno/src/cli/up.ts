import { formatAddress, isLoopback } from '../config/address.js';
import type { Config } from '../config/config.js';
import { makeLog } from '../up/log.js';
import { DEMO_TARGET } from '../up/messages.js';
import type { Log } from '../up/log.js';
import { checkReferences } from '../up/preflight.js';
import { reloadOnHangup } from '../up/reload.js';
import type { RunningUp } from '../up/supervisor.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { psqlCommand } from './psql-command.js';
import { untilTold } from './signals.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { stenoVersion } from './version.js';

interface Options extends SharedOptions {
  readonly demo?: boolean;
}

export const defineUp: DefineVerb = (program, context, finish) => {
  addVerb(program, 'up', 'Runs Steno until it is told to stop.')
    .option('--demo', 'with a Postgres to try it on, and two bots at work there')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const config = loadConfig(context, options);
      const log = makeLog(context.err, options.json === true);
      checkDemo(config, options);
      await checkReferences(config, log);
      warn(config, options, log);
      await runUp(context, options, { config, log });
      finish(EXIT.done);
    });
};

const HELP = `
Everything it needs runs as child processes and lies in the data directory. Ctrl-C or SIGTERM stop
it in order: running commands may finish within sessions.drain of steno.yaml. A second Ctrl-C stops
it at once; nothing that was recorded is lost. SIGHUP has a service read the targets and the
policies of steno.yaml again; one in a terminal ends with it. The sign-in link works once, for 15
minutes; \`steno sign-in\` prints another one.

With --json it prints one line on stdout when it is ready, and its log as JSON lines on stderr:
  {"ready":true,"web":URL,"signIn":URL,"gateways":{"postgres":"HOST:PORT"},"log":…,"store":URL}`;

async function runUp(
  context: Context,
  options: Options,
  { config, log }: { config: Config; log: Log },
): Promise<void> {
  const json = options.json === true;
  const step = (text: string): void => {
    if (json) log.say('info', text);
    // Whoever read it has gone; the work goes on.
    else context.err.line(context.err.paint('dim', `${text} …`)).catch(() => undefined);
  };
  const demo = options.demo === true;
  // Here, since it takes longer to load than most verbs to run.
  const { Supervisor } = await import('../up/supervisor.js');
  const up = new Supervisor({ config, version: stenoVersion(), demo, log, onStep: step });
  const told = untilTold();
  // With its terminal gone it ends; a service that has none rereads its configuration.
  if (process.stdin.isTTY !== true) {
    const read = async (): Promise<Config> => {
      const fresh = loadConfig(context, options);
      await checkReferences(fresh, log);
      return fresh;
    };
    reloadOnHangup({ config, log }, read, (fresh) => {
      up.retarget(fresh);
    });
  }
  void told.second.then(giveUp);
  void told.first.then(() => {
    step('Stopping: running commands may finish, a second signal stops at once');
  });
  try {
    const running = await Promise.race([up.start(), told.first]);
    if (running === undefined) return;
    if (json) await context.out.json(readyLine(config, running));
    else await printReady(context, { config, options, running });
    await told.first;
  } finally {
    await up.stop();
  }
}

function checkDemo(config: Config, { demo }: Options): void {
  if (demo === true && !isLoopback(config.gateways.postgres.listen.host)) {
    throw new CliError('demo-off-loopback');
  }
}

function warn(config: Config, { demo }: Options, log: Log): void {
  if (demo === true || config.issuers.length === 0) {
    log.say('warn', 'the development issuer is believed: whoever reads its key is anybody', {
      hint: 'Configure `issuers` in steno.yaml for anything but trying Steno out.',
    });
  }
  if (config.policies.length === 0) {
    log.say('warn', 'no policies: every command of every identity is allowed', {
      hint: 'Name Cedar files under `policies` in steno.yaml: see docs/policies.md.',
    });
  }
  if (config.targets.length === 0 && demo !== true) {
    log.say('warn', 'no targets: there is nothing to connect to', {
      hint: 'Name them under `targets` in steno.yaml, or try `steno up --demo`.',
    });
  }
}

function giveUp(): never {
  process.exit(EXIT.failed); // the children end with this process
}

function readyLine(config: Config, up: RunningUp): object {
  return {
    ready: true,
    web: up.web,
    signIn: up.signIn,
    gateways: { postgres: formatAddress(up.gateway) },
    log: config.kafka === undefined ? 'embedded' : 'kafka',
    store: up.store,
  };
}

async function printReady(
  { out, err, environment }: Context,
  { config, options, running }: { config: Config; options: Options; running: RunningUp },
): Promise<void> {
  const demo = options.demo === true;
  const target = demo ? DEMO_TARGET : config.targets[0]?.name;
  await out.line('');
  await out.line(`Console: ${running.web}`);
  await out.line(`Sign in: ${running.signIn}`);
  if (target !== undefined) {
    const { gateway } = running;
    const command = psqlCommand({ gateway, target, config, demo, environment });
    await out.line(`psql: ${command}`);
  }
  await out.line('');
  await err.line(err.paint('dim', 'Stop with Ctrl-C.'));
}
