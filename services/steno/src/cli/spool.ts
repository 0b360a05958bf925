import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/quantity.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { parseInstance } from './parts.js';
import { Progress } from './progress.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { stenoVersion } from './version.js';

interface Options extends SharedOptions {
  readonly instance: string;
  readonly timeout: number;
}

export const defineSpool: DefineVerb = (program, context, finish) => {
  addVerb(program, 'spool', 'Ships what a capture that is gone left behind to Kafka.')
    .argument('<what>', 'ship')
    .addOption(
      new Option('--instance <name>', 'whose spool it is')
        .argParser(parseInstance)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--timeout <duration>', 'how long it may take')
        .argParser(parseTimeout)
        .default(10 * 60_000, '10m'),
    )
    .addHelpText('after', HELP)
    .action(async (what: string, options: Options) => {
      if (what !== 'ship') throw new CliError('usage', `There is no \`steno spool ${what}\`.`);
      const { instance, timeout: timeoutMs } = options;
      const { shipSpool } = await import('../processes/ship-spool.js');
      const progress = new Progress(context.err, 'shipping');
      const { bytes, sessionsClosed } = await shipSpool(loadConfig(context, options), {
        instance,
        version: stenoVersion(),
        timeoutMs,
        onProgress: (done, total) => void progress.show(done, total),
      }).finally(() => progress.end());
      if (options.json === true) await context.out.json({ instance, bytes, sessionsClosed });
      else {
        const closed = sessionsClosed === 0 ? '' : `; closed ${sessionsClosed} sessions left open`;
        await context.out.line(`Shipped ${bytes.toLocaleString('en')} bytes${closed}.`);
      }
      finish(EXIT.done);
    });
};

const HELP = `
Run it where the data directory of that instance is, its volume mounted. Exit code 0 says that the
spool is empty and its volume may go. While the instance itself runs, this is refused: try again.`;

function parseTimeout(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError('It must be a duration like 10m.');
}
