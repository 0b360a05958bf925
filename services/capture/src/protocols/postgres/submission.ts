import type { Command, Decision } from '@steno/policy';
import type { ContentNote } from '@steno/sessions';
import { nameText } from '@steno/wire-postgres';
import type { DeniableKind } from './denial.js';
import type { Portal } from './pending.js';

const NAME_MAX = 128;

/** A command as it is to be ruled on and written down. */
export interface Submission extends Command {
  readonly kind: DeniableKind;
  readonly statementName: string;
  readonly parameters: number;
  readonly endsAt: 'ready' | 'complete';
  readonly portal?: Portal | undefined;
  readonly deallocates?: string | undefined;
  readonly contents: () => readonly ContentNote[];
}

export function submittedFacts(command: Submission, decision: Decision) {
  return {
    kind: command.kind,
    effect: decision.effect,
    rule: decision.rule,
    policyVersion: decision.policyVersion,
    statementName: nameText(command.statementName).slice(0, NAME_MAX),
    parameters: command.parameters,
    traceparent: '',
    cause: '',
  };
}
