import { readFileSync } from 'node:fs';
import { formatAddress, isLoopback } from '../config/address.js';
import type { Config } from '../config/config.js';
import { DEMO_TARGET } from '../up/demo.js';
import { logLine } from '../up/log-lines.js';
import { startUp } from '../up/supervisor.js';
import type { RunningUp } from '../up/supervisor.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly demo?: boolean;
}

export const defineUp: DefineVerb = (program, context, finish) => {
  addVerb(program, 'up', 'Runs Steno until it is told to stop.')
    .option('--demo', 'with a Postgres to try it on, and two bots at work there')
    .action(async (options: Options) => {
      const config = loadConfig(context, options);
      const demo = options.demo === true;
      if (demo && !isLoopback(config.gateways.postgres.listen.host)) {
        throw new CliError('demo-off-loopback');
      }
      warn(config, demo);
      const told = untilTold();
      const up = await startUp({
        config,
        version: version(),
        demo,
        onStep: (step) => {
          if (options.json !== true) void context.err.line(context.err.paint('dim', `${step} …`));
        },
      });
      if (options.json === true) await context.out.json(readyLine(up));
      else await printReady(context, options, up);
      await told.first;
      if (options.json !== true) await context.err.line('Stopping: sessions may end in order …');
      const stopped = up.stop();
      await Promise.race([stopped, told.second.then(giveUp)]);
      finish(EXIT.done);
    });
};

function warn(config: Config, demo: boolean): void {
  if (demo || config.issuers.length === 0) {
    logLine('up', 'warn', 'the development issuer is believed: whoever reads its key is anybody', {
      hint: 'configure `issuers` in steno.yaml for anything but trying out',
    });
  }
  logLine('up', 'warn', 'no policies: every command of every identity is allowed');
}

/** The first signal asks to stop, the second one insists. */
function untilTold(): { readonly first: Promise<void>; readonly second: Promise<void> } {
  let count = 0;
  const resolvers: (() => void)[] = [];
  const first = new Promise<void>((resolve) => resolvers.push(resolve));
  const second = new Promise<void>((resolve) => resolvers.push(resolve));
  const onSignal = (): void => {
    resolvers[count]?.();
    count += 1;
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return { first, second };
}

function giveUp(): never {
  process.exit(EXIT.failed); // the children end with this process
}

function readyLine(up: RunningUp): object {
  return {
    ready: true,
    web: up.web,
    signIn: up.signIn,
    gateways: { postgres: formatAddress(up.gateway) },
    log: 'embedded',
    store: up.store,
  };
}

async function printReady(context: Context, options: Options, up: RunningUp): Promise<void> {
  const { out } = context;
  const config = loadConfig(context, options);
  const target = options.demo === true ? DEMO_TARGET : config.targets[0]?.name;
  await out.line('');
  await out.line(`Console: ${up.web}`);
  await out.line(`Sign in: ${up.signIn}`);
  if (target !== undefined) await out.line(`psql: ${psqlCommand(options, up, target)}`);
  await out.line('');
  await context.err.line('Stop with Ctrl-C.');
}

function psqlCommand(options: Options, { gateway }: RunningUp, target: string): string {
  const config = options.config === undefined ? '' : ` --config ${options.config}`;
  const demo = options.demo === true ? ' --demo' : '';
  const token = `$(npx steno token --identity "$USER"${demo}${config})`;
  const where = `host=${gateway.host} port=${gateway.port} dbname=${target} user=me`;
  return `PGPASSWORD=${token} psql "${where}"`;
}

function version(): string {
  const manifest = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
