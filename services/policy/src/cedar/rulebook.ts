import { statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { EntityJson, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import type { StatementFacts } from '../statements/statement-facts.js';
import { allNames, lookedAt } from './context-names.js';
import type { ContextNames } from './context-names.js';
import { bothMasks } from './mask-terms.js';
import type { MaskTerms } from './mask-terms.js';
import { strictest } from './approval-terms.js';
import type { ApprovalTerms } from './approval-terms.js';
import { readPolicies } from './policy-files.js';
import type { PolicyFile, PolicyProblem, Rule } from './policy-files.js';
import { lowerLimit } from './row-limit.js';
import type { RowLimit } from './row-limit.js';
import { joined } from './session-settings.js';
import type { SessionSettings } from './session-settings.js';
import { commandRequests, connectRequest } from './requests.js';
import type { Asking, Request } from './requests.js';
import { isMomentary } from './moment.js';
import { Slices } from './slices.js';
import type { Moment } from './moment.js';

export interface Ruling {
  readonly effect: 'allow' | 'deny' | 'hold';
  /** The rule that decided: file/id, or a word for none. */
  readonly rule: string;
  /** What its author says to whoever is refused; empty: nothing. */
  readonly reason: string;
  /** Of what is held: all that its rules ask for. */
  readonly approval?: ApprovalTerms | undefined;
  /** Of what is not denied: all that its rules mask of what the target says. */
  readonly mask?: MaskTerms | undefined;
  /** Of what is not denied: the lowest limit of its rules. */
  readonly limit?: RowLimit | undefined;
}

/** The ruling on a session, and what settings the target is to open it with. */
export interface SessionRuling extends Ruling {
  readonly settings: SessionSettings;
}

/** What Cedar said: by which rules, in order of their names. */
interface Answer {
  readonly effect: 'allow' | 'deny';
  readonly rules: readonly string[];
}

const NO_SETTINGS: SessionSettings = new Map();
/** Answers that are kept, and the longest question that one is kept of. */
const KEPT_MAX = 4096;
const KEPT_CHARACTERS = 4096;

/** Where nothing permits. */
const NO_RULE = 'default-deny';
/** Where a rule could not be evaluated: it might have forbidden. */
const FAILED: Answer = { effect: 'deny', rules: ['policy-error'] };

/** The policies of an installation, ready to be asked. */
export class Rulebook {
  /** Some rule has what it permits wait for people. */
  readonly mayHold: boolean;
  /** Some rule masks what the target says to what it permits. */
  readonly mayMask: boolean;
  /** Some rule limits the rows of what it permits. */
  readonly mayLimit: boolean;
  /** Some ruling on a command holds for its moment alone. */
  readonly isMomentary: boolean;
  private readonly contextNames: ContextNames;
  /** Some rule looks at the claims of whoever asks. */
  private readonly looksAtTags: boolean;
  private readonly answers = new Map<string, Answer>();

  private constructor(
    /** Of their texts; names the version in the record. */
    readonly digest: string,
    private readonly rules: ReadonlyMap<string, Rule>,
    private readonly slices: Slices,
  ) {
    this.mayHold = [...rules.keys()].some((rule) => this.holds(rule));
    this.contextNames = allNames([...rules.values()].map((rule) => rule.contextNames));
    this.looksAtTags = [...rules.values()].some((rule) => rule.looksAtTags);
    this.isMomentary = isMomentary(this.contextNames);
    this.mayLimit = [...rules.values()].some(({ rows }) => rows !== undefined);
    this.mayMask = [...rules.values()].some(({ mask }) => mask !== undefined);
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
    const slices = Slices.prepare(digest, read.rules);
    if ('errors' in slices) {
      const message = slices.errors.map((error) => error.message).join('; ');
      return { problems: [{ file: files[0]?.name ?? '', line: undefined, message }] };
    }
    return new Rulebook(digest, new Map(read.rules.map((rule) => [rule.name, rule])), slices);
  }

  /** Whether a session may be opened. */
  connect(asking: Asking): SessionRuling {
    const answer = this.ask(asking, connectRequest(asking));
    const ruling = this.rulingOn(answer);
    let settings = NO_SETTINGS;
    for (const rule of answer.effect === 'deny' ? [] : answer.rules) {
      const both = joined(settings, this.rules.get(rule)?.session ?? NO_SETTINGS);
      if (both === undefined) {
        const reason = 'rules disagree on the settings of the session';
        return { effect: 'deny', rule, reason, settings: NO_SETTINGS };
      }
      settings = both;
    }
    return { ...ruling, settings };
  }

  /**
   * Whether all that a command would do is permitted. The first that is not decides; else the first
   * that is held, by what all of its rules ask for.
   */
  command(asking: Asking, statements: readonly StatementFacts[], moment: Moment): Ruling {
    let ruling: Ruling | undefined;
    for (const request of commandRequests(asking, statements, moment)) {
      const answer = this.rulingOn(this.ask(asking, request));
      if (answer.effect === 'deny') return answer;
      ruling = ruling === undefined ? answer : both(ruling, answer);
    }
    return ruling ?? { effect: 'allow', rule: 'empty-command', reason: '' };
  }

  /** The same question has the same answer: it is kept across sessions. */
  private ask({ identity }: Asking, request: Request): Answer {
    const entities = this.looksAtTags ? request.entities : request.entities.map(withoutTags);
    const context = lookedAt(request.context, this.contextNames);
    const preparsedPolicySetId = this.slices.of(identity, request.action.id);
    const question = { ...request, entities, context, preparsedPolicySetId };
    const key = JSON.stringify(question);
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = answerTo(question);
    if (key.length > KEPT_CHARACTERS) return answer;
    const [oldest] = this.answers.keys();
    if (this.answers.size >= KEPT_MAX && oldest !== undefined) this.answers.delete(oldest);
    this.answers.set(key, answer);
    return answer;
  }

  private rulingOn({ effect, rules }: Answer): Ruling {
    const holding = effect === 'allow' ? rules.filter((rule) => this.holds(rule)) : [];
    const [rule = NO_RULE] = holding.length > 0 ? holding : rules;
    const reason = this.rules.get(rule)?.reason ?? '';
    if (effect === 'deny') return { effect, rule, reason };
    const masks = rules.flatMap((each) => this.rules.get(each)?.mask ?? []);
    const mask = masks.length === 0 ? undefined : masks.reduce(bothMasks);
    const limits = rules.flatMap((each) => limitOf(each, this.rules.get(each)));
    const limit = limits.length === 0 ? undefined : limits.reduce(lowerLimit);
    const terms = holding.flatMap((each) => this.rules.get(each)?.approval ?? []);
    if (terms.length === 0) return { effect, rule, reason, mask, limit };
    return { effect: 'hold', rule, reason, approval: terms.reduce(strictest), mask, limit };
  }

  private holds(rule: string): boolean {
    return this.rules.get(rule)?.approval !== undefined;
  }
}

function answerTo(question: StatefulAuthorizationCall): Answer {
  const answer = statefulIsAuthorized(question);
  if (answer.type === 'failure') return FAILED;
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) return FAILED;
  return { effect: decision, rules: diagnostics.reason.toSorted() };
}

function withoutTags({ uid, attrs, parents }: EntityJson): EntityJson {
  return { uid, attrs, parents };
}

function limitOf(name: string, rule: Rule | undefined): RowLimit[] {
  return rule?.rows === undefined ? [] : [{ rows: rule.rows, rule: name }];
}

/** Of two answers that permit. */
function both(first: Ruling, second: Ruling): Ruling {
  const mask = either(first.mask, second.mask, bothMasks);
  const approval = either(first.approval, second.approval, strictest);
  const limit = either(first.limit, second.limit, lowerLimit);
  // The first that is held is the one that is named.
  const named = first.effect === 'hold' || second.effect !== 'hold' ? first : second;
  return { ...named, approval, mask, limit };
}

function either<T>(one: T | undefined, other: T | undefined, join: (one: T, other: T) => T) {
  if (one === undefined || other === undefined) return one ?? other;
  return join(one, other);
}
