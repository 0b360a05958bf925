import type { NewUserView, Page, UserView } from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { Table } from './table.js';
import { addVerb, collect, parseCount } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly role?: readonly string[];
  readonly group?: readonly string[];
  readonly days?: number;
}

export const defineUser: DefineVerb = (program, context, finish) => {
  addVerb(program, 'user', 'Lists, adds or removes people who use Steno by a token.')
    .argument('<what>', 'list, add or remove')
    .argument('[name]', 'whom')
    .option('--role <role>', 'investigator, approver, reviewer, auditor or admin', collect)
    .option('--group <group>', 'a group that policies ask for approvals; repeatable', collect)
    .option('--days <n>', 'how long the token is good; 90 if not given', parseCount)
    .addHelpText('after', HELP)
    .action(async (what: string, name: string | undefined, options: Options) => {
      if (what === 'list' && name === undefined) await list(context, options);
      else if (what === 'add' && name !== undefined) await add(context, name, options);
      else if (what === 'remove' && name !== undefined) await remove(context, name, options);
      else throw new CliError('usage', 'It takes `list`, `add NAME --role ROLE` or `remove NAME`.');
      finish(EXIT.done);
    });
};

const HELP = `
The token is shown once. Whoever has it in STENO_TOKEN acts as that person. Adding somebody again
replaces their roles, groups and token. An approver is in the group \`approvers\`.`;

async function list(context: Context, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const { items } = await client.get<Page<UserView>>('/api/users');
  if (options.json === true) for (const user of items) await context.out.json(user);
  else await new Table(context.out, COLUMNS).print(items);
}

async function add(context: Context, name: string, options: Options): Promise<void> {
  const { role: roles, group: groups, days } = options;
  if (roles === undefined) throw new CliError('usage', '`add` needs --role.');
  const client = new ApiClient(findApi(context, options));
  const body = {
    name,
    roles,
    ...(groups === undefined ? {} : { groups }),
    ...(days === undefined ? {} : { days }),
  };
  const user = await client.post<NewUserView>('/api/users', body);
  if (user === undefined) throw new CliError('strange-answer');
  if (options.json === true) await context.out.json(user);
  else {
    await context.out.line(
      `Added ${name}. This token is shown once, good until ${user.tokenExpiresAt}:`,
    );
    await context.out.line(user.token);
  }
}

async function remove(context: Context, name: string, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  await client.delete(`/api/users/${encodeURIComponent(name)}`);
  if (options.json === true) await context.out.json({ user: name, removed: true });
  else await context.out.line(`Removed ${name}; the token and all sign-ins have ended.`);
}

const COLUMNS = [
  { title: 'NAME', of: ({ user }: UserView) => user },
  { title: 'ROLES', of: ({ roles }: UserView) => roles.join(', ') },
  { title: 'GROUPS', of: ({ groups }: UserView) => groups.join(', ') },
  { title: 'TOKEN UNTIL', of: ({ tokenExpiresAt }: UserView) => tokenExpiresAt },
];
