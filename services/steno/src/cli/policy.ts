import type { SessionView } from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import type { BackTest as BackTestType } from './policy/back-test.js';
import type { DifferenceGroup } from './policy/differences.js';
import { readPolicyFiles, rulebookOf } from './policy/rulebook-of.js';
import { Progress } from './progress.js';
import { Table } from './table.js';
import { addVerb, collect, loadConfig, parseMoment } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly policies?: readonly string[];
  readonly since?: string;
}

const PAGE_SIZE = 500;

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
  const rulebook = await rulebookOf(readPolicyFiles(context.directory, policies));
  const client = new ApiClient(findApi(context, options));
  const { ConfiguredTargets } = await import('../up/parts/targets.js');
  const { BackTest } = await import('./policy/back-test.js');
  const progress = new Progress(context.err, 'ruling on sessions');
  const config = loadConfig(context, options);
  const configured = new ConfiguredTargets({ config, installation: '', warn: () => undefined });
  const targets = configured.of(config.targets);
  const warn = async (message: string) => {
    await progress.end();
    await context.err.line(message);
  };
  const backTest = new BackTest({ client, rulebook, targets, warn });
  const paging = { pageSize: PAGE_SIZE };
  for await (const page of client.pages<SessionView>('/api/sessions', { from: since }, paging)) {
    for (const session of page) {
      await backTest.session(session);
      await progress.show(backTest.sessions, 0);
    }
  }
  await configured.close();
  await progress.end();
  const groups = backTest.differences.groups();
  if (options.json === true) {
    for (const group of groups) await context.out.json(group);
    return;
  }
  await context.out.line(summary(backTest, groups));
  if (groups.length > 0) await new Table(context.out, COLUMNS).print(groups);
}

function summary({ sessions, commands }: BackTestType, groups: readonly DifferenceGroup[]): string {
  const changed = groups.reduce((sum, group) => sum + group.commands, 0);
  const seen = `${formatted(commands)} commands of ${formatted(sessions)} sessions`;
  return `Of ${seen} ${formatted(changed)} would have been decided otherwise.`;
}

const COLUMNS = [
  { title: 'IDENTITY', of: ({ identity }: DifferenceGroup) => identity },
  { title: 'TARGET', of: ({ target }: DifferenceGroup) => target },
  { title: 'RULE', of: ({ rule }: DifferenceGroup) => rule },
  { title: 'WAS', of: ({ was }: DifferenceGroup) => was },
  {
    title: 'WOULD',
    of: ({ would }: DifferenceGroup) => would,
    colour: ({ would }: DifferenceGroup) =>
      would === 'allow' ? ('green' as const) : ('red' as const),
  },
  { title: 'COMMANDS', of: ({ commands }: DifferenceGroup) => commands, right: true as const },
  { title: 'SESSIONS', of: ({ sessions }: DifferenceGroup) => sessions, right: true as const },
  {
    title: 'EXAMPLE',
    of: ({ example: { text, sessionId } }: DifferenceGroup) =>
      (text ?? `session ${sessionId}`).replaceAll(/\s+/g, ' '),
  },
];

function formatted(count: number): string {
  return count.toLocaleString('en');
}
