import type { Decision } from '@steno/policy';
import type { GatewayErrorName } from './errors.js';

/** A refusal that the client is told of. `detail` is for the client too, so it holds no secret. */
export interface Refusal<Name extends string = GatewayErrorName> {
  readonly name: Name;
  readonly detail?: string;
  /** For the operator alone, who finds it in the record. */
  readonly cause?: string;
  /** In place of the catalogue's, where another catalogue knows better. */
  readonly instead?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** Which rule it was, and what its author says. */
export function ruleText({ rule, reason }: Pick<Decision, 'rule' | 'reason'>): string {
  return reason === '' ? `Rule ${rule}.` : `Rule ${rule}: ${reason}.`;
}
