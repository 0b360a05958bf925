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
