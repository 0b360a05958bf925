/** Where the shipped rule that applies without a policy file is named. */
const ALLOW_WITHOUT_POLICY = 'no-policy';

export interface CommandContext {
  readonly identity: string;
  readonly target: string;
  readonly protocol: string;
}

/** One unit asked of the target, as far as its protocol could tell. */
export interface Command {
  /** query, execute, copy, function-call */
  readonly kind: string;
}

/** The ruling on one command. */
export interface Decision {
  readonly effect: 'allow' | 'deny' | 'hold';
  readonly rule: string;
  readonly policyVersion: string;
}

declare const authorizedBrand: unique symbol;

/**
 * Proof that a command was ruled on and allowed. Only `authorize` makes one; nothing else reaches a
 * target.
 */
export type Authorized<T> = T & { readonly [authorizedBrand]: true };

const ALLOW: Decision = { effect: 'allow', rule: ALLOW_WITHOUT_POLICY, policyVersion: '' };

/**
 * Rules on one command. There are no policy files yet, so every command is allowed, by a rule whose
 * name says so in the record. Pure: the same command in the same context gets the same decision.
 */
export function decide(_command: Command, _context: CommandContext): Decision {
  return ALLOW;
}

/** The proof value for what a decision allows; undefined for what it does not. */
export function authorize<T extends Command>(
  command: T,
  decision: Decision,
): Authorized<T> | undefined {
  return decision.effect === 'allow' ? (command as Authorized<T>) : undefined;
}
