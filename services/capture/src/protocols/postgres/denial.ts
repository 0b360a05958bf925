import type { Decision } from '@steno/policy';
import {
  backendType,
  decodeErrorFields,
  encodeBind,
  encodeExecute,
  encodeFunctionCall,
  encodeParse,
  encodeQuery,
  fieldText,
  isMalformed,
} from '@steno/wire-postgres';
import type { PendingQueue } from './pending.js';
import { report } from './report.js';

/*
 * A denied command is not left out: the target gets one in its place that it can only answer with
 * an error. So the answers keep their order, and a transaction fails as it does after any error;
 * the error itself is told in Steno's words.
 */

/** No statement begins so, in any version, and hardly one is named so. */
const NO_STATEMENT = 'denied_by_steno';
const NO_PORTAL = 'denied by steno';

const SUBSTITUTES = {
  query: () => encodeQuery(NO_STATEMENT),
  // A name that is taken stays what it was: the target refuses the text first.
  prepare: (name: string) => encodeParse({ name, text: NO_STATEMENT, parameterTypes: [] }),
  bind: (name: string) =>
    encodeBind({
      portal: name,
      statement: NO_STATEMENT,
      parameterFormats: [],
      values: [],
      resultFormats: [],
    }),
  execute: () => encodeExecute(NO_PORTAL, 0),
  'function-call': () =>
    encodeFunctionCall({ functionOid: 0, argumentFormats: [], values: [], resultFormat: 0 }),
} as const satisfies Record<string, (name: string) => Buffer>;

/** What of a client's commands may be denied. */
export type DeniableKind = keyof typeof SUBSTITUTES;

/** What the target gets in place of a denied command. `name`: of the statement to prepare. */
export function substituteFor(kind: DeniableKind, name: string): Buffer {
  return SUBSTITUTES[kind](name);
}

/** What the client is told. */
export function denialOf(decision: Decision): Buffer {
  return report({ name: 'denied', detail: ruleText(decision) }, 'ERROR');
}

/** Which rule it was, and what its author says. */
export function ruleText({ rule, reason }: Decision): string {
  return reason === '' ? `Rule ${rule}.` : `Rule ${rule}: ${reason}.`;
}

/** What to tell in place of an error that answers a substitute; undefined: it answers none. */
export function denialInPlaceOf(
  type: number,
  body: Buffer,
  pending: PendingQueue,
): Buffer | undefined {
  if (type !== backendType.errorResponse || !pending.hasDenied) return undefined;
  pending.skipCopyEnds();
  const fields = decodeErrorFields(body);
  // The end of the session is the target's own word.
  if (isMalformed(fields) || fieldText(fields, 'V') !== 'ERROR') return undefined;
  return pending.head?.kind === 'command' ? pending.head.denial : undefined;
}
