import { preparsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import { mayConcern } from './rule-scope.js';
import type { Party, RuleScope } from './rule-scope.js';

/** Sets that are made ready, which Cedar keeps for as long as the process lives. */
const SLICES_MAX = 200;
/** Questions of which it is remembered which set they are put to. */
const REMEMBERED_MAX = 10_000;

export interface SlicedRule {
  readonly name: string;
  readonly text: string;
  readonly scope: RuleScope | undefined;
}

/**
 * The rules that a question is put to: those that may be about whoever asks, and what is asked.
 * Cedar takes as long to carry a rule along as to find that it is about somebody else.
 */
export class Slices {
  /** By the numbers of their rules, the names under which Cedar knows them. */
  private readonly prepared = new Map<string, string>();
  private readonly remembered = new Map<string, string>();

  /** `name`: of the whole set, which is ready. */
  private constructor(
    private readonly name: string,
    private readonly rules: readonly SlicedRule[],
  ) {
    this.prepared.set(rules.map((_, index) => index).join(), name);
  }

  static prepare(
    name: string,
    rules: readonly SlicedRule[],
  ): Slices | { readonly errors: readonly DetailedError[] } {
    const answer = preparsePolicySet(name, { staticPolicies: textsOf(rules) });
    return answer.type === 'failure' ? answer : new Slices(name, rules);
  }

  /** Under which name Cedar knows the rules that may be about it. */
  of(party: Party, action: string): string {
    const key = JSON.stringify([action, party.name, party.groups]);
    const known = this.remembered.get(key) ?? this.find(party, action);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size >= REMEMBERED_MAX && oldest !== undefined) {
      this.remembered.delete(oldest);
    }
    this.remembered.set(key, known);
    return known;
  }

  private find(party: Party, action: string): string {
    const chosen = [...this.rules.entries()].filter(
      ([, { scope }]) => scope === undefined || mayConcern(scope, party, action),
    );
    const numbers = chosen.map(([index]) => index).join();
    const known = this.prepared.get(numbers);
    if (known !== undefined) return known;
    if (this.prepared.size >= SLICES_MAX) return this.name;
    const name = `${this.name}/${this.prepared.size}`;
    const rules = chosen.map(([, rule]) => rule);
    const answer = preparsePolicySet(name, { staticPolicies: textsOf(rules) });
    // Each rule of it was read before, as a part of the whole.
    if (answer.type === 'failure') return this.name;
    this.prepared.set(numbers, name);
    return name;
  }
}

function textsOf(rules: readonly SlicedRule[]): Record<string, string> {
  return Object.fromEntries(rules.map(({ name, text }) => [name, text]));
}
