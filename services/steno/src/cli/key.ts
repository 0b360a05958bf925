import type { ApiKeyState, ApiKeyView, NewApiKeyView, Page } from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import type { Colour } from './output.js';
import { Table } from './table.js';
import { addVerb, collect, parseSeconds } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { visible } from './visible.js';

interface Options extends SharedOptions {
  readonly identity?: string;
  readonly owner?: string;
  readonly expires?: number;
  readonly group?: readonly string[];
  readonly reason?: string;
}

export const defineKey: DefineVerb = (program, context, finish) => {
  addVerb(program, 'key', 'Lists, makes or revokes keys of bots that have no issuer of tokens.')
    .argument('<what>', 'list, add or revoke')
    .argument('[name]', 'of the key')
    .option(
      '--identity <name>',
      'add: as its sessions are listed; list: its keys alone, and their use',
    )
    .option('--owner <person>', 'add: who answers for it')
    .option('--expires <duration>', 'add: for how long it is good, 90d at most', parseSeconds)
    .option(
      '--group <group>',
      'add: a group that policies and targets ask for; repeatable',
      collect,
    )
    .option('--reason <text>', 'revoke: why; it is recorded')
    .addHelpText('after', HELP)
    .action(async (what: string, name: string | undefined, options: Options) => {
      if (what === 'list' && name === undefined) await list(context, options);
      else if (what === 'add' && name !== undefined) await add(context, name, options);
      else if (what === 'revoke' && name !== undefined) await revoke(context, name, options);
      else throw new CliError('usage', 'It takes `list`, `add NAME` or `revoke NAME`.');
      finish(EXIT.done);
    });
};

const HELP = `
The key is shown once; a bot gives it as its password. Revoking it ends the sessions that it opened
within 2 seconds. A job that can have a token of its own needs no key.`;

async function list(context: Context, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const { identity } = options;
  const { items } = await client.get<Page<ApiKeyView>>('/api/keys', { identity });
  const columns = identity === undefined ? COLUMNS : [...COLUMNS, USED];
  if (options.json === true) for (const key of items) await context.out.json(key);
  else await new Table(context.out, columns).print(items);
}

async function add(context: Context, name: string, options: Options): Promise<void> {
  const { identity, owner, expires: seconds, group: groups } = options;
  if (identity === undefined || owner === undefined || seconds === undefined) {
    throw new CliError('usage', '`add` needs --identity, --owner and --expires.');
  }
  const client = new ApiClient(findApi(context, options));
  const body = { name, identity, owner, seconds, ...(groups === undefined ? {} : { groups }) };
  const made = await client.post<NewApiKeyView>('/api/keys', body);
  if (made === undefined) throw new CliError('strange-answer');
  if (options.json === true) await context.out.json(made);
  else {
    await context.out.line(`Made ${name}. This key is shown once, good until ${made.expiresAt}:`);
    await context.out.line(made.key);
  }
}

async function revoke(context: Context, name: string, options: Options): Promise<void> {
  const { reason } = options;
  if (reason === undefined) throw new CliError('usage', '`revoke` needs --reason.');
  const client = new ApiClient(findApi(context, options));
  const path = `/api/keys/${encodeURIComponent(name)}/revoke`;
  const revoked = await client.post<ApiKeyView>(path, { reason });
  if (revoked === undefined) throw new CliError('strange-answer');
  if (options.json === true) await context.out.json(revoked);
  else await context.out.line(`Revoked ${visible(name)}; its sessions are cut.`);
}

const STATE_COLOUR: Readonly<Record<ApiKeyState, Colour | undefined>> = {
  good: 'green',
  expired: undefined,
  revoked: 'red',
};

const COLUMNS = [
  { title: 'NAME', of: ({ name }: ApiKeyView) => name },
  { title: 'IDENTITY', of: ({ identity }: ApiKeyView) => identity },
  { title: 'OWNER', of: ({ owner }: ApiKeyView) => owner },
  { title: 'GROUPS', of: ({ groups }: ApiKeyView) => groups.join(', ') },
  {
    title: 'STATE',
    of: ({ state }: ApiKeyView) => state,
    colour: ({ state }: ApiKeyView) => STATE_COLOUR[state],
  },
  { title: 'UNTIL', of: ({ expiresAt }: ApiKeyView) => expiresAt },
];

const USED = { title: 'LAST USED', of: ({ usedAt = '?' }: ApiKeyView) => usedAt ?? 'never' };
