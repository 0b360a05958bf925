import type { ApprovalTerms } from './cedar/approval-terms.js';
import type { MaskTerms } from './cedar/mask-terms.js';
import type { RowLimit } from './cedar/row-limit.js';
import type { StatementFacts } from './statements/statement-facts.js';
import type { SessionSettings } from './cedar/session-settings.js';

/** Where the shipped rule that applies without a policy file is named. */
const ALLOW_WITHOUT_POLICY = 'no-policy';

/** One unit asked of the target, as far as its protocol could tell. */
export interface Command {
  /** query, execute, copy, function-call; prepare and bind where they are denied */
  readonly kind: string;
}

/** The ruling on one command. */
export interface Decision {
  readonly effect: 'allow' | 'deny' | 'hold';
  readonly rule: string;
  readonly policyVersion: string;
  /** What the author of the rule says to whoever is refused; empty: nothing. */
  readonly reason: string;
  /** Of a command that is held. */
  readonly hold?: Hold | undefined;
  /** The approval by which it is allowed. */
  readonly approval?: string;
  /** What is masked in all that the target says to it; undefined: nothing. */
  readonly mask?: MaskTerms | undefined;
  /** How many rows it may give; undefined: any number. */
  readonly rows?: RowsAllowed | undefined;
  /** Where a mask is: what is known of the rows that it may give, by statement. */
  readonly gives?: readonly Given[] | undefined;
  /**
   * What it would do, by statement; the same list for all commands that are ruled on alike.
   * Undefined where no policy is in force.
   */
  readonly does?: readonly Done[] | undefined;
}

/** How many rows a command may give, and what is to be known where it has given more. */
export interface RowsAllowed extends RowLimit {
  /** It takes rows from a cursor: all that do so in a session count together. */
  readonly isShared: boolean;
  /** Nothing but reading is in it, so that it can be told to have failed after it ended. */
  readonly onlyReads: boolean;
  /** It is one statement. */
  readonly isSingle: boolean;
}

/** What is known of the rows that a statement gives. */
export type Given = Pick<StatementFacts, 'outputs' | 'copied' | 'accesses'>;

/** What is known of what a statement would do. */
export type Done = Pick<StatementFacts, 'kind' | 'kinds' | 'accesses' | 'opaque' | 'shape'>;

/** The ruling on a session, and the settings that it is to be opened with and may not change. */
export interface SessionDecision extends Decision {
  readonly settings: SessionSettings;
}

/** What a held command waits for, and what is to be known of it. */
export interface Hold {
  readonly terms: ApprovalTerms;
  readonly summary: CommandSummary;
  /** Names and literals may mean something else in its session than in another of its user. */
  readonly hasOwnMeaning: boolean;
  /** Texts that it runs by names of its session; undefined for one that nobody knows. */
  readonly executes: readonly (string | undefined)[];
  /** To be called when the command runs after all: it may change what the next texts mean. */
  readonly released: () => void;
}

/** What a command would do, as policies see it. */
export interface CommandSummary {
  /** How many it has. */
  readonly statements: number;
  readonly kinds: string[];
  /** Tables and functions: schema.name, `?` for a schema that is not known. */
  readonly reads: string[];
  readonly writes: string[];
  readonly calls: string[];
  readonly opaqueParts: string[];
  readonly whereMissing: boolean;
}

declare const authorizedBrand: unique symbol;

/**
 * Proof that a command was ruled on and allowed. Only `authorize` makes one; nothing else reaches a
 * target.
 */
export type Authorized<T> = T & { readonly [authorizedBrand]: true };

/** What is decided while there are no policies, by a rule whose name says so in the record. */
export const WITHOUT_POLICY: Decision = {
  effect: 'allow',
  rule: ALLOW_WITHOUT_POLICY,
  policyVersion: '',
  reason: '',
};

/** The proof value for what a decision allows; undefined for what it does not. */
export function authorize<T extends Command>(
  command: T,
  decision: Decision,
): Authorized<T> | undefined {
  return decision.effect === 'allow' ? (command as Authorized<T>) : undefined;
}
