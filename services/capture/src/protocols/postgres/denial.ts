import { randomUUID } from 'node:crypto';
import type { Decision, Hold } from '@steno/policy';
import {
  backendType,
  decodeErrorFields,
  encodeExecute,
  encodeFunctionCall,
  encodeNoticeResponse,
  encodeParse,
  encodeQuery,
  fieldText,
  isMalformed,
} from '@steno/wire-postgres';
import type { Outcome, Waiting } from '../../approvals/waiting.js';
import { ruleText } from '../../gateway/refusal.js';
import { postgresError } from './errors.js';
import type { PendingQueue } from './pending.js';
import { report } from './report.js';
import { bytesOf, spanOf } from './slab.js';
import type { Span } from './slab.js';

/*
 * A denied command is not left out: the target gets one in its place that it can only answer with
 * an error. So the answers keep their order, and a transaction fails as it does after any error;
 * the error itself is told in Steno's words.
 */

/** No statement begins so, in any version. */
const NO_STATEMENT = 'denied_by_steno';
/** No client can make one of this name. */
const NO_PORTAL = `denied by steno ${randomUUID()}`;

const SUBSTITUTES = {
  query: () => encodeQuery(NO_STATEMENT),
  // A name that is taken stays what it was: the target refuses the text first.
  prepare: (name: string) => encodeParse({ name, text: NO_STATEMENT, parameterTypes: [] }),
  execute: () => encodeExecute(NO_PORTAL, 0),
  // There will be no such portal; what would run by it is passed over up to the next Sync.
  bind: () => encodeExecute(NO_PORTAL, 0),
  'function-call': () =>
    encodeFunctionCall({ functionOid: 0, argumentFormats: [], values: [], resultFormat: 0 }),
} as const satisfies Record<string, (name: string) => Buffer>;

/** What of a client's commands may be denied or held. */
export type DeniableKind = keyof typeof SUBSTITUTES;

/** What the target gets in place of a denied command. `name`: of the statement to prepare. */
export function substituteFor(kind: DeniableKind, name: string): Buffer {
  return SUBSTITUTES[kind](name);
}

/** Which rule it was, for the client. */
export function refusalOf(decision: Decision) {
  return { name: 'denied', detail: ruleText(decision) } as const;
}

/** What the client is told. */
export function denialOf(decision: Decision): Buffer {
  return report(refusalOf(decision), 'ERROR');
}

/** What the client is told of a held command that nobody let go. */
export function denialAfter({ word, actor, name = actor, reason }: Outcome): Buffer {
  if (word === 'refused') {
    const message = `refused by ${name}: ${reason}`;
    const instead = { ...postgresError('approval-refused'), message };
    return report({ name: 'approval-refused', instead }, 'ERROR');
  }
  if (word === 'expired') return report({ name: 'approval-expired' }, 'ERROR');
  if (word === 'withdrawn') return report({ name: 'approval-withdrawn' }, 'ERROR');
  return report({ name: 'approval-unavailable', detail: reason }, 'ERROR');
}

/** What the client is told while its command waits. */
export function holdNotice(decision: Decision, { terms }: Hold, waiting: Waiting): Buffer {
  const { approvalId, expiresAt, url } = waiting;
  const page = url === undefined ? '' : `open ${url} or `;
  const asked = terms.asks.map(({ group, count }) => `${count} of ${group}`).join(', ');
  return encodeNoticeResponse({
    severity: 'NOTICE',
    code: '00000',
    message: `held for approval by ${asked}, until ${instant(expiresAt)}: ${approvalId}`,
    detail: ruleText(decision),
    hint:
      `Approvers ${page}run: steno approvals approve ${approvalId} --reason TEXT. ` +
      'Cancel to withdraw.',
  });
}

function instant(nanoseconds: bigint): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** What to tell in place of an error that answers a substitute; undefined: it answers none. */
export function denialInPlaceOf(type: number, body: Span, pending: PendingQueue): Span | undefined {
  if (type !== backendType.errorResponse || !pending.hasDenied) return undefined;
  pending.skipCopyEnds();
  const fields = decodeErrorFields(bytesOf(body));
  // The end of the session is the target's own word.
  if (isMalformed(fields) || fieldText(fields, 'V') !== 'ERROR') return undefined;
  const denial = pending.head?.kind === 'command' ? pending.head.denial : undefined;
  return denial && spanOf(denial);
}
