import type {
  IdentityDetailView,
  IdentityStandingView,
  IdentityState,
  IdentityView,
} from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import type { Colour } from './output.js';
import { ago } from './relative-time.js';
import { Table } from './table.js';
import { addVerb, collect, parseSeconds } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { visible } from './visible.js';

interface Options extends SharedOptions {
  readonly state?: readonly string[];
  readonly issuer?: string;
  readonly subject?: string;
  readonly owner?: string;
  readonly team?: string;
  readonly purpose?: string;
  readonly environment?: string;
  readonly expires?: number;
  readonly reason?: string;
}

const STATE_COLOUR: Readonly<Record<IdentityState, Colour | undefined>> = {
  observed: undefined,
  declared: 'yellow',
  approved: 'green',
  suspended: 'red',
  revoked: 'red',
  expired: 'red',
};

/** Those that take a reason and nothing else. */
const STEPS: ReadonlySet<string> = new Set(['approve', 'suspend', 'resume', 'revoke']);

export const defineIdentity: DefineVerb = (program, context, finish) => {
  addVerb(program, 'identity', 'Lists who acts, or says who answers for it and whether it may.')
    .argument('<what>', 'list, show, declare, approve, owner, suspend, resume or revoke')
    .argument('[name]', 'which one')
    .argument('[owner]', 'owner: who answers for it from now on')
    .option('--state <state>', 'list: only those; repeatable', collect)
    .option('--owner <person>', 'list: only theirs; declare: who answers for it')
    .option('--issuer <issuer>', 'declare: whose tokens are meant')
    .option('--subject <pattern>', 'declare: all subjects that fit, * for any characters')
    .option('--team <team>', 'declare: of the owner')
    .option('--purpose <text>', 'declare: what it is for')
    .option('--environment <word>', 'declare: such as production')
    .option('--expires <duration>', 'declare: for how long; for ever if not given', parseSeconds)
    .option('--reason <text>', 'why; it is recorded')
    .addHelpText('after', HELP)
    .action(async (what: string, name?: string, owner?: string, options: Options = {}) => {
      if (what === 'list' && name === undefined) await list(context, options);
      else if (name === undefined) throw usage();
      else if (what === 'owner' && owner !== undefined) {
        await say(context, { name, what, more: { owner } }, options);
      } else if (owner !== undefined) throw usage();
      else if (what === 'show') await show(context, name, options);
      else if (what === 'declare') {
        await say(context, { name, what, more: declaration(options) }, options);
      } else if (STEPS.has(what)) await say(context, { name, what, more: {} }, options);
      else throw usage();
      finish(EXIT.done);
    });
};

const HELP = `
Suspending and revoking end running sessions within 2 seconds. A revoked identity has to be declared
and approved anew. Each step takes --reason.`;

const usage = () =>
  new CliError('usage', 'It takes `list`, `owner NAME PERSON`, or another word and a name.');

async function list(context: Context, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const { state, owner } = options;
  const rows: IdentityView[] = [];
  const pages = client.pages<IdentityView>('/api/identities', { state, owner }, { pageSize: PAGE });
  for await (const page of pages) {
    if (options.json === true) for (const each of page) await context.out.json(each);
    else rows.push(...page);
  }
  if (options.json !== true) await new Table(context.out, columns(Date.now())).print(rows);
}

const PAGE = 500;

async function show(context: Context, name: string, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const detail = await client.get<IdentityDetailView>(pathOf(name));
  if (options.json === true) {
    await context.out.json(detail);
    return;
  }
  for (const [title, value] of described(detail)) {
    await context.out.line(`${context.out.paint('bold', title.padEnd(12))} ${value}`);
  }
}

async function say(
  context: Context,
  { name, what, more }: { name: string; what: string; more: object },
  options: Options,
): Promise<void> {
  const { reason } = options;
  if (reason === undefined) throw new CliError('usage', `\`${what}\` needs --reason.`);
  const client = new ApiClient(findApi(context, options));
  const body = { ...more, reason };
  const standing = await client.post<IdentityStandingView>(`${pathOf(name)}/${what}`, body);
  if (standing === undefined) throw new CliError('strange-answer');
  if (options.json === true) await context.out.json(standing);
  else await context.out.line(`${visible(name)} is ${standing.state}.`);
}

function declaration(options: Options): object {
  const { issuer, subject, owner, team, purpose, environment, expires } = options;
  if (issuer === undefined || owner === undefined) {
    throw new CliError('usage', '`declare` needs --issuer and --owner.');
  }
  const expiresAt =
    expires === undefined ? undefined : new Date(Date.now() + expires * 1000).toISOString();
  const facts = { issuer, subjectPattern: subject, owner, team, purpose, environment, expiresAt };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

const pathOf = (name: string) => `/api/identities/${encodeURIComponent(name)}`;

function described(detail: IdentityDetailView): readonly (readonly [string, string])[] {
  const { state, through, issuer, seenIssuer, credential } = detail;
  const facts: (readonly [string, string])[] = [
    ['identity', detail.identity],
    ['state', through === undefined ? state : `${state}, by ${through}`],
    ['issuer', issuer ?? ''],
    ['seen from', seenIssuer ?? ''],
    ['subject', detail.subject ?? ''],
    ['pattern', detail.subjectPattern ?? ''],
    ['owner', detail.owner],
    ['team', detail.team],
    ['purpose', detail.purpose],
    ['environment', detail.environment],
    ['expires', detail.expiresAt ?? ''],
    ['first seen', detail.firstSeen ?? ''],
    ['last seen', detail.lastSeen ?? ''],
    ['token of', credential?.issuedAt ?? ''],
    ['sessions', String(detail.sessions)],
    ['commands', `${detail.commands}, ${detail.errors} errors`],
    ...detail.targets.map((each) => ['target', `${each.target}: ${each.commands}`] as const),
    ...detail.lifecycle.map((step) => {
      const of = step.owner === undefined ? '' : ` (${step.owner})`;
      const counts = step.void === undefined ? '' : ` (void: ${step.void})`;
      return [step.said, `${step.at} by ${step.actor}: ${step.reason}${of}${counts}`] as const;
    }),
  ];
  return facts.filter(([, value]) => value !== '').map(([name, value]) => [name, visible(value)]);
}

const columns = (now: number) => [
  { title: 'IDENTITY', of: ({ identity }: IdentityView) => identity },
  {
    title: 'STATE',
    of: ({ state }: IdentityView) => state,
    colour: ({ state }: IdentityView) => STATE_COLOUR[state],
  },
  { title: 'OWNER', of: ({ owner }: IdentityView) => owner },
  {
    title: 'SEEN',
    of: ({ lastSeen }: IdentityView) => (lastSeen === null ? '' : ago(lastSeen, now)),
  },
  { title: 'SESSIONS', of: ({ sessions }: IdentityView) => String(sessions) },
  { title: 'COMMANDS', of: ({ commands }: IdentityView) => String(commands) },
  { title: 'ISSUER', of: ({ issuer }: IdentityView) => issuer ?? '' },
];
