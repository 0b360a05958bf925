import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { StatementFacts } from '../statements/statement-facts.js';
import { strictest } from './approval-terms.js';
import type { ApprovalTerms } from './approval-terms.js';
import { readPolicies } from './policy-files.js';
import type { PolicyFile, PolicyProblem, Rule } from './policy-files.js';
import { commandRequests, connectRequest } from './requests.js';
import type { Asking, Request } from './requests.js';

export interface Ruling {
  readonly effect: 'allow' | 'deny' | 'hold';
  /** The rule that decided: file/id, or a word for none. */
  readonly rule: string;
  /** What its author says to whoever is refused; empty: nothing. */
  readonly reason: string;
  /** Of what is held: all that its rules ask for. */
  readonly approval?: ApprovalTerms;
}

/** Where nothing permits. */
const NO_RULE = 'default-deny';
/** Where a rule could not be evaluated: it might have forbidden. */
const FAILED_RULE = 'policy-error';

/** The policies of an installation, ready to be asked. */
export class Rulebook {
  /** Some rule has what it permits wait for people. */
  readonly mayHold: boolean;

  private constructor(
    /** Of their texts; names the version in the record. */
    readonly digest: string,
    private readonly rules: ReadonlyMap<string, Rule>,
  ) {
    this.mayHold = [...rules.keys()].some((rule) => this.holds(rule));
  }

  /** Rules in it. */
  get size(): number {
    return this.rules.size;
  }

  /** The rulebook of the files, or what is wrong with them. `digest`: hex, of all their texts. */
  static compile(
    files: readonly PolicyFile[],
    digest: string,
  ): Rulebook | { readonly problems: readonly PolicyProblem[] } {
    const read = readPolicies(files);
    if ('problems' in read) return read;
    const texts = Object.fromEntries(read.rules.map(({ name, text }) => [name, text]));
    const prepared = preparsePolicySet(digest, { staticPolicies: texts });
    if (prepared.type === 'failure') {
      const message = prepared.errors.map((error) => error.message).join('; ');
      return { problems: [{ file: files[0]?.name ?? '', line: undefined, message }] };
    }
    return new Rulebook(digest, new Map(read.rules.map((rule) => [rule.name, rule])));
  }

  /** Whether a session may be opened. */
  connect(asking: Asking): Ruling {
    return this.ask(connectRequest(asking));
  }

  /**
   * Whether all that a command would do is permitted. The first that is not decides; else the first
   * that is held, by what all of its rules ask for.
   */
  command(asking: Asking, statements: readonly StatementFacts[]): Ruling {
    let ruling: Ruling | undefined;
    for (const request of commandRequests(asking, statements)) {
      const answer = this.ask(request);
      if (answer.effect === 'deny') return answer;
      ruling = ruling === undefined ? answer : both(ruling, answer);
    }
    return ruling ?? { effect: 'allow', rule: 'empty-command', reason: '' };
  }

  private ask(request: Request): Ruling {
    const answer = statefulIsAuthorized({ ...request, preparsedPolicySetId: this.digest });
    if (answer.type === 'failure') return { effect: 'deny', rule: FAILED_RULE, reason: '' };
    const { decision, diagnostics } = answer.response;
    if (diagnostics.errors.length > 0) return { effect: 'deny', rule: FAILED_RULE, reason: '' };
    const rules = diagnostics.reason.toSorted();
    const holding = decision === 'allow' ? rules.filter((rule) => this.holds(rule)) : [];
    const [rule = NO_RULE] = holding.length > 0 ? holding : rules;
    const reason = this.rules.get(rule)?.reason ?? '';
    const terms = holding.flatMap((each) => this.rules.get(each)?.approval ?? []);
    if (terms.length === 0) return { effect: decision, rule, reason };
    return { effect: 'hold', rule, reason, approval: terms.reduce(strictest) };
  }

  private holds(rule: string): boolean {
    return this.rules.get(rule)?.approval !== undefined;
  }
}

/** Of two answers that permit. */
function both(first: Ruling, second: Ruling): Ruling {
  if (second.approval === undefined) return first;
  if (first.approval === undefined) return second;
  return { ...first, approval: strictest(first.approval, second.approval) };
}
