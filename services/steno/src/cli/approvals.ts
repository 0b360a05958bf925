import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalDetailView, ApprovalState, ApprovalView, Page } from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import type { Colour } from './output.js';
import { ago } from './relative-time.js';
import { Table } from './table.js';
import { addVerb, parseSeconds } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { visible } from './visible.js';

interface Options extends SharedOptions {
  readonly all?: true;
  readonly reason?: string;
  readonly for?: number;
  readonly breakGlass?: true;
}

/** How old a request is whose text is not waited for any longer. */
const TEXT_WAIT_MS = 15_000;
const TEXT_LOOK_MS = 250;

const STATE_COLOUR: Readonly<Record<ApprovalState, Colour | undefined>> = {
  waiting: 'yellow',
  granted: 'green',
  refused: 'red',
  overridden: 'red',
  expired: undefined,
  withdrawn: undefined,
};

export const defineApprovals: DefineVerb = (program, context, finish) => {
  addVerb(program, 'approvals', 'Lists commands that wait for people, or answers one.')
    .argument('<what>', 'list, show, approve or refuse')
    .argument('[approval]', 'which one')
    .option('--all', 'list: those that do not wait any more, too')
    .option('--reason <text>', 'why; it is recorded, and who asked is told a refusal')
    .option('--for <duration>', 'approve: the same command may run again for so long', parseSeconds)
    .option('--break-glass', 'approve: as an administrator, whoever is asked')
    .addHelpText('after', HELP)
    .action(async (what: string, approval: string | undefined, options: Options) => {
      if (what === 'list' && approval === undefined) await list(context, options);
      else if (approval === undefined) throw usage();
      else if (what === 'show') await show(context, approval, options);
      else if (what === 'approve' || what === 'refuse') {
        await answer(context, approval, { ...options, what });
      } else throw usage();
      finish(EXIT.done);
    });
};

const HELP = `
Who answers is whoever STENO_TOKEN belongs to (\`steno user add\` makes one). Whoever runs
\`steno up\` is an administrator and no approver: \`--break-glass\` lets a command go all the same,
and is recorded as that.`;

const usage = () =>
  new CliError('usage', 'It takes `list`, or `show`, `approve` or `refuse` and an id.');

async function list(context: Context, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const items = await withTexts(client, options.all === true ? 'true' : undefined);
  if (options.json === true) for (const approval of items) await context.out.json(approval);
  else await new Table(context.out, columns(Date.now())).print(items);
}

/** What was asked a moment ago is known sooner than the text that it is about. */
async function withTexts(
  client: ApiClient,
  all: 'true' | undefined,
): Promise<readonly ApprovalView[]> {
  for (;;) {
    const { items } = await client.get<Page<ApprovalView>>('/api/approvals', { all });
    if (!items.some(isOnItsWay)) return items;
    await delay(TEXT_LOOK_MS);
  }
}

function isOnItsWay({ state, command, requestedAt }: ApprovalView): boolean {
  const age = Date.now() - Date.parse(requestedAt);
  return state === 'waiting' && command === null && age < TEXT_WAIT_MS;
}

async function show(context: Context, id: string, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const path = `/api/approvals/${encodeURIComponent(id)}`;
  const approval = await client.get<ApprovalDetailView>(path);
  if (options.json === true) {
    await context.out.json(approval);
    return;
  }
  for (const [name, value] of described(approval)) {
    await context.out.line(`${context.out.paint('bold', name.padEnd(10))} ${value}`);
  }
  const text = approval.command ?? '(the text is not there yet, or was erased)';
  for (const line of text.split('\n')) await context.out.line(`  ${visible(line)}`);
  for (const other of approval.alsoRuns ?? []) {
    await context.out.line(context.out.paint('bold', 'may run'));
    for (const line of other.split('\n')) await context.out.line(`  ${visible(line)}`);
  }
  for (const [index, value] of (approval.binds ?? []).entries()) {
    await context.out.line(`  $${index + 1} = ${value === null ? 'NULL' : visible(value)}`);
  }
  for (const earlier of approval.before) {
    const line = earlierLine(earlier, approval, Date.now());
    await context.out.line(`${context.out.paint('bold', 'before'.padEnd(10))} ${visible(line)}`);
  }
}

/** What was let go before for the same identity on the same target. */
function earlierLine(earlier: ApprovalView, { command, binds }: ApprovalView, now: number): string {
  const { state, requestedAt, answers } = earlier;
  const answer = answers.findLast((each) => each.void === undefined);
  const by = answer === undefined ? '' : ` by ${answer.name ?? answer.actor}: ${answer.reason}`;
  const isSame = earlier.command === command && earlier.binds?.join() === binds?.join();
  const what = isSame ? 'the same command' : (earlier.command ?? 'a text that is gone');
  return `${state}, asked ${ago(requestedAt, now)}${by} (${what.replaceAll(/\s+/g, ' ')})`;
}

async function answer(
  context: Context,
  id: string,
  options: Options & { readonly what: 'approve' | 'refuse' },
): Promise<void> {
  const { what, reason, breakGlass, for: windowSeconds } = options;
  if (reason === undefined) throw new CliError('usage', `\`${what}\` needs --reason.`);
  if (what === 'refuse' && (breakGlass === true || windowSeconds !== undefined)) {
    throw new CliError('usage', '`refuse` takes neither --for nor --break-glass.');
  }
  const client = new ApiClient(findApi(context, options));
  const verb = breakGlass === true ? 'override' : what;
  const body = { reason, ...(windowSeconds === undefined ? {} : { windowSeconds }) };
  const path = `/api/approvals/${encodeURIComponent(id)}/${verb}`;
  const approval = await client.post<ApprovalView>(path, body);
  if (approval === undefined) throw new CliError('strange-answer');
  if (options.json === true) await context.out.json(approval);
  else await context.out.line(`Approval ${visible(id)}: ${stateOf(approval)}.`);
}

function stateOf({ state, asks }: ApprovalView): string {
  if (state !== 'waiting') return state;
  const open = asks.filter(({ count, granted }) => granted < count);
  const left = open.map(({ group, count, granted }) => `${count - granted} more of ${group}`);
  return `waiting for ${left.join(', ')}`;
}

function described(approval: ApprovalView): readonly (readonly [string, string])[] {
  const { identity, subject, issuer, target, environment, rule, reason } = approval;
  const place = environment === '' ? target : `${target} (${environment})`;
  const why = reason === '' ? rule : `${rule}: ${reason}`;
  const facts: (readonly [string, string])[] = [
    ['state', stateOf(approval)],
    ['identity', `${identity} (${subject}, ${issuer})`],
    ['target', place],
    ['rule', why],
    ['asked', approval.requestedAt],
    ['until', approval.expiresAt],
    ['session', `${approval.sessionId} at ${approval.position}`],
    ['kinds', approval.kinds.join(', ')],
    ['writes', approval.writes.join(', ')],
    ['rows', rowsOf(approval)],
    ['opaque', approval.opaqueParts.join('; ')],
    ['warning', approval.whereMissing ? 'it may reach every row: no condition' : ''],
    ...approval.answers.map((each) => {
      const counts = each.void === undefined ? '' : ` (void: ${each.void})`;
      return [each.said, `by ${each.name ?? each.actor}: ${each.reason}${counts}`] as const;
    }),
  ];
  return facts.filter(([, value]) => value !== '').map(([name, value]) => [name, visible(value)]);
}

function rowsOf({ estimatedRows, notEstimated = '' }: ApprovalView): string {
  if (estimatedRows !== undefined) return `about ${estimatedRows}, as the target estimates`;
  return notEstimated === '' ? '' : `not estimated: ${notEstimated}`;
}

const columns = (now: number) => [
  { title: 'APPROVAL', of: ({ approvalId }: ApprovalView) => approvalId },
  {
    title: 'STATE',
    of: ({ state }: ApprovalView) => state,
    colour: ({ state }: ApprovalView) => STATE_COLOUR[state],
  },
  { title: 'ASKED', of: ({ requestedAt }: ApprovalView) => ago(requestedAt, now) },
  { title: 'IDENTITY', of: ({ identity }: ApprovalView) => identity },
  { title: 'TARGET', of: ({ target }: ApprovalView) => target },
  { title: 'COMMAND', of: ({ command }: ApprovalView) => (command ?? '').replaceAll(/\s+/g, ' ') },
];
