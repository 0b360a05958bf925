import type { DryRunGroupView } from '@steno/proto';
import type { BackTest as BackTestType } from '../back-test/back-test.js';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { ApiRecordings } from './policy/api-recordings.js';
import { readPolicyFiles, rulebookOfFiles } from './policy/policy-files.js';
import { Progress } from './progress.js';
import { Table } from './table.js';
import { addVerb, collect, loadConfig, parseMoment } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly policies?: readonly string[];
  readonly since?: string;
}

export const definePolicy: DefineVerb = (program, context, finish) => {
  addVerb(
    program,
    'policy',
    'Says what policies would have decided otherwise on what was recorded.',
  )
    .argument('<what>', 'test')
    .option('--policies <path>', 'a file or a folder of .cedar files; may be repeated', collect)
    .option('--since <time>', 'of sessions since a time or an age like 30d', parseMoment)
    .addHelpText('after', HELP)
    .action(async (what: string, options: Options) => {
      if (what !== 'test') throw new CliError('usage', 'It takes `test`.');
      await test(context, options);
      finish(EXIT.done);
    });
};

const HELP = `
Nothing is switched on, and nothing is asked of the targets but their catalogs, as they are now.`;

async function test(context: Context, options: Options): Promise<void> {
  const { policies, since } = options;
  if (policies === undefined) throw new CliError('usage', '`test` needs --policies.');
  const rulebook = await rulebookOfFiles(readPolicyFiles(context.directory, policies));
  const recordings = new ApiRecordings(new ApiClient(findApi(context, options)));
  const { ConfiguredTargets } = await import('../up/parts/targets.js');
  const { BackTest } = await import('../back-test/back-test.js');
  const { readOwnCatalog } = await import('../back-test/own-catalogs.js');
  const { TargetsNow } = await import('../back-test/targets-now.js');
  const progress = new Progress(context.err, 'ruling on sessions');
  const config = loadConfig(context, options);
  const configured = new ConfiguredTargets({ config, installation: '', warn: () => undefined });
  const targets = configured.of(config.targets);
  const unread: string[] = [];
  const now = new TargetsNow({
    targets,
    read: (name) => readOwnCatalog(targets, name),
    unread: (name, reason) => void unread.push(`${name} ${UNREAD}: ${reason}`),
  });
  const backTest = new BackTest({ rulebook, targets: now });
  for await (const session of recordings.sessions(since)) {
    await backTest.session(session, recordings.commands(session.sessionId));
    await progress.show(backTest.sessions, 0);
  }
  await configured.close();
  await progress.end();
  for (const line of unread) await context.err.line(`The catalog of ${line}`);
  const groups = backTest.differences.groups();
  if (options.json === true) {
    for (const group of groups) await context.out.json(group);
    return;
  }
  await context.out.line(summary(backTest));
  if (groups.length > 0) await new Table(context.out, COLUMNS).print(groups);
}

const UNREAD = 'cannot be read, so all that its commands name is taken for opaque';

function summary({ sessions, commands, changed }: BackTestType): string {
  const seen = `${formatted(commands)} commands of ${formatted(sessions)} sessions`;
  return `Of ${seen} ${formatted(changed)} would have been decided otherwise.`;
}

const COLUMNS = [
  { title: 'IDENTITY', of: ({ identity }: DryRunGroupView) => identity },
  { title: 'TARGET', of: ({ target }: DryRunGroupView) => target },
  { title: 'RULE', of: ({ rule }: DryRunGroupView) => rule },
  { title: 'WAS', of: ({ was }: DryRunGroupView) => was },
  {
    title: 'WOULD',
    of: ({ would }: DryRunGroupView) => would,
    colour: ({ would }: DryRunGroupView) =>
      would === 'allow' ? ('green' as const) : ('red' as const),
  },
  { title: 'COMMANDS', of: ({ commands }: DryRunGroupView) => commands, right: true as const },
  { title: 'SESSIONS', of: ({ sessions }: DryRunGroupView) => sessions, right: true as const },
  {
    title: 'EXAMPLE',
    of: ({ example: { text, sessionId } }: DryRunGroupView) =>
      (text ?? `session ${sessionId}`).replaceAll(/\s+/g, ' '),
  },
];

function formatted(count: number): string {
  return count.toLocaleString('en');
}
