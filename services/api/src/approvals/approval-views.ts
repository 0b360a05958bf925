import { fromBinary } from '@bufbuild/protobuf';
import { contentWanted, readContent, readEventsAt } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { ApprovalView } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import type { Approval, ApprovalAnswer } from '@steno/sessions';
import { decodeBinds } from '@steno/transcript';

/** Of a command that is longer the beginning is shown, with its length. */
const COMMAND_BYTES = 128 * 1024;
const BIND_CHARACTERS = 4_096;
const NANOSECONDS_PER_MS = 1_000_000n;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What was asked, as it stands in its session. */
type Asked = Pick<ApprovalView, 'command' | 'commandLength' | 'alsoRuns' | 'binds'>;

/** An approval with the text of its command. */
export async function readApprovalView(
  reader: StoreReader,
  approval: Approval,
  nowMs: number,
): Promise<ApprovalView> {
  return { ...factsOf(approval, nowMs), ...(await readAsked(reader, approval)) };
}

/** Waits, and can still be answered. */
export function isWaiting({ state, request }: Approval, nowMs: number): boolean {
  return state === 'waiting' && request.expiresAt > BigInt(nowMs) * NANOSECONDS_PER_MS;
}

async function readAsked(reader: StoreReader, { request }: Approval): Promise<Asked> {
  const [event] = await readEventsAt(reader, request.sessionId, [Number(request.command)]);
  if (event === undefined) return { command: null };
  const envelope = fromBinary(EnvelopeSchema, event.raw);
  const [text, ...others] = contentWanted(envelope, ['text']);
  const [binds] = contentWanted(envelope, ['binds']);
  const wanted = [text, ...others, binds].flatMap((each) => each ?? []);
  const isLong = wanted.some(({ length }) => length > COMMAND_BYTES);
  const found = await readContent(reader, wanted, isLong ? { headBytes: COMMAND_BYTES } : {});
  const bytes = text === undefined ? undefined : found.get(text);
  const alsoRuns = others.flatMap((each) => found.get(each) ?? []);
  const values = binds === undefined ? undefined : found.get(binds);
  return {
    // A function call has no text: its name and values are all there is.
    command: text === undefined ? '' : ((bytes && utf8.decode(bytes)) ?? null),
    ...(bytes === undefined || bytes.length === text?.length
      ? {}
      : { commandLength: text?.length ?? 0 }),
    ...(alsoRuns.length === 0 ? {} : { alsoRuns: alsoRuns.map((each) => utf8.decode(each)) }),
    ...(values === undefined ? {} : { binds: decodeBinds(values, [], BIND_CHARACTERS) }),
  };
}

/** All that control says of it: no text of anybody's command. */
export function factsOf(approval: Approval, nowMs: number): Omit<ApprovalView, keyof Asked> {
  const { request, state, requestedAt, endedAt, answers, cause } = approval;
  // Of one whose gateway is gone nobody says that it has expired.
  const isOver = state === 'waiting' && !isWaiting(approval, nowMs);
  return {
    approvalId: request.approvalId,
    state: isOver ? 'expired' : state,
    identity: request.identity,
    issuer: request.issuer,
    subject: request.subject,
    actors: request.actors,
    target: request.target,
    environment: request.environment,
    owner: request.owner,
    sessionId: request.sessionId,
    position: Number(request.command),
    kind: request.kind,
    rule: request.rule,
    reason: request.reason,
    asks: request.asks.map(({ group, count }) => ({
      group,
      count,
      granted: answers.filter((answer) => agrees(answer, group)).length,
    })),
    requestedAt: toRfc3339(requestedAt),
    expiresAt: toRfc3339(request.expiresAt),
    endedAt: endedAt === undefined ? null : toRfc3339(endedAt),
    windowSecondsMax: request.windowSecondsMax,
    ownerExcluded: request.ownerExcluded,
    kinds: request.kinds,
    reads: request.reads,
    writes: request.writes,
    calls: request.calls,
    opaqueParts: request.opaqueParts,
    whereMissing: request.whereMissing,
    ...estimateOf(approval),
    answers: answers.map(answerView),
    ...(cause === '' ? {} : { cause }),
  };
}

function estimateOf({ request: { estimatedRows, notEstimated } }: Approval) {
  return {
    ...(estimatedRows === undefined ? {} : { estimatedRows: Number(estimatedRows) }),
    ...(notEstimated === '' ? {} : { notEstimated }),
  };
}

function agrees(answer: ApprovalAnswer, group: string): boolean {
  return answer.said === 'granted' && answer.void === '' && answer.groups.includes(group);
}

function answerView(answer: ApprovalAnswer) {
  const { said, actor, name, reason, windowSeconds, occurredAt } = answer;
  return {
    said,
    actor,
    ...(name === actor ? {} : { name }),
    reason,
    at: toRfc3339(occurredAt),
    ...(windowSeconds === 0 ? {} : { windowSeconds }),
    ...(answer.void === '' ? {} : { void: answer.void }),
  };
}
