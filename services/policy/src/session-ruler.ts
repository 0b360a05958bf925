import { summaryOf } from './cedar/requests.js';
import type { Asking } from './cedar/requests.js';
import type { Rulebook, Ruling } from './cedar/rulebook.js';
import { momentOf } from './cedar/moment.js';
import type { Moment } from './cedar/moment.js';
import { bothMasks } from './cedar/mask-terms.js';
import type { MaskTerms } from './cedar/mask-terms.js';
import { lowerLimit } from './cedar/row-limit.js';
import type { RowLimit } from './cedar/row-limit.js';
import { groupOf } from './cedar/vocabulary.js';
import { heldNames } from './cedar/session-settings.js';
import type { SessionSettings } from './cedar/session-settings.js';
import { WITHOUT_POLICY } from './decide.js';
import type { Decision, Given, RowsAllowed, SessionDecision } from './decide.js';
import { analyze, changesMeaning, changesNames, unreadable } from './statements/analyze.js';
import type { Catalog } from './statements/catalog.js';
import { PreparedStatements } from './statements/prepared-statements.js';
import { isRepeating, mayOpenCursor, mayRepeat } from './statements/repeating.js';
import { ANY_SETTING } from './statements/statement-facts.js';
import type { Access, StatementFacts } from './statements/statement-facts.js';
import type { StatementText } from './statements/statement-text.js';

/** What texts are ruled on alike by; undefined of one that cannot be had. */
type Key = string | undefined;

/** What a message of the protocol does with names of prepared statements, of which one is meant. */
export interface Naming {
  readonly does: 'prepare' | 'execute';
  readonly names: readonly string[];
}

/** What rulings of a session rest on besides the commands; any of it may be replaced meanwhile. */
export interface RulingSources {
  /** Undefined: there are no policies, and everything is allowed. */
  readonly rulebook: Rulebook | undefined;
  readonly catalog: Catalog;
  /** Of a session that has changed nothing; undefined: not known. */
  readonly searchPath: readonly string[] | undefined;
  /** The session has defined something since the catalog was read. */
  readonly isCatalogOld: boolean;
  /** It may just have. */
  readonly catalogChanged: () => void;
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
}

/** Rulings that a session keeps, and the longest shape that it keeps one of. */
const KEPT_MAX = 1000;
const KEPT_CHARACTERS = 4096;
const VERSION_DIGITS = 12;
/** Names of temporary relations that are remembered. */
const TEMPORARY_MAX = 1000;
const NO_SETTINGS: SessionSettings = new Map();
/** Named as the rule where a session would change what `@session` has set. */
const HELD_SETTINGS = 'session-settings';
const NOT_READ_YET = 'what the session has defined was not read yet';

/** By what a session was opened. */
export type Opened = Pick<SessionDecision, 'settings' | 'mask'>;

/** Empty: without a name. */
export interface ExecutedNames {
  readonly portal: string;
  readonly statement: string;
}

interface RuledBy {
  readonly rulebook: Rulebook;
  readonly catalog: Catalog;
  readonly isCatalogOld: boolean;
  readonly moment: Moment;
}

interface Kept {
  readonly decision: Decision;
  readonly statements: readonly StatementFacts[];
  /** As policies saw them. */
  readonly asked: readonly StatementFacts[];
  /** What runs may change what the next texts mean. */
  readonly leaves: boolean;
  /** Of what had been prepared, where it executes some; else undefined. */
  readonly version: number | undefined;
}

/**
 * Rules on the commands of one session: by the policies, who asks, and what the texts would do. The
 * same question is not asked twice while nothing that it rests on was replaced.
 */
export class SessionRuler {
  private readonly kept = new Map<string, Kept>();
  private readonly temporary = new Set<string>();
  private readonly prepared = new PreparedStatements();
  private of: RuledBy | undefined;
  /** The session may have changed where names lead. */
  private namesChanged = false;
  /** It may have changed what literals are. */
  private meaningChanged = false;
  /** Settings that it may not change. */
  private readonly heldSettings: ReadonlySet<string>;
  private masked: MaskTerms | undefined;
  /** The lowest of all limits so far, for what gives rows of what was ruled on before. */
  private limited: RowLimit | undefined;
  /** Some command may have opened a cursor. */
  private hasCursors = false;
  /** Some has prepared a statement, as SQL. */
  private hasPrepared = false;
  /** Tables that its commands name, as many as the catalog has at most. */
  private readonly read = new Map<string, Access>();
  /** Commands, so far. */
  private denied = 0;

  constructor(
    private readonly asking: Asking,
    private readonly sources: RulingSources,
    { settings, mask }: Opened = { settings: NO_SETTINGS },
  ) {
    this.heldSettings = heldNames(settings);
    this.masked = mask;
  }

  /** Some rule masks what the target says. */
  get mayMask(): boolean {
    return this.sources.rulebook?.mayMask ?? false;
  }

  /** All that was to be masked in the session so far, for what answers no command of its own. */
  get mask(): MaskTerms | undefined {
    return this.masked;
  }

  /** Some rule limits the rows of what it permits. */
  get mayLimit(): boolean {
    return this.sources.rulebook?.mayLimit ?? false;
  }

  /** Some rule has what it permits wait for people. */
  get mayHold(): boolean {
    return this.sources.rulebook?.mayHold ?? false;
  }

  /** `texts`: of all statements that the command may run; undefined where one cannot be had. */
  rule(texts: () => readonly (StatementText | undefined)[], naming?: Naming): Decision {
    const { rulebook } = this.sources;
    if (rulebook === undefined) {
      this.prepared.unsure();
      return WITHOUT_POLICY;
    }
    const by = this.by(rulebook);
    const given = texts();
    const asked = this.askedOf(given, naming);
    const key = keyOf(asked);
    const ruled = this.known(key) ?? this.judge(asked, by);
    if (key !== undefined) this.keep(key, ruled);
    if (ruled.decision.effect === 'deny') this.denied += 1;
    else {
      // What is held may have run when what comes next runs.
      if (ruled.leaves) this.follow(ruled.asked);
      if (naming?.does === 'prepare') this.named(naming, given[0]?.text, ruled.asked);
    }
    return this.obliged(ruled);
  }

  /** What gives rows of what was ruled on before is held to all that was asked of that. */
  private obliged({ decision, statements }: Kept): Decision {
    const { masked, limited } = this;
    const isObliged = masked !== undefined || limited !== undefined;
    if (!isObliged || !statements.some(mayRepeat)) return decision;
    const gives = masked && statements.map((facts) => this.giving(facts));
    if (!statements.some(isRepeating)) return { ...decision, gives };
    return { ...decision, mask: masked, rows: limited && rowsOf(limited, statements), gives };
  }

  private giving(facts: StatementFacts): Given {
    return mayRepeat(facts) ? { ...facts, accesses: [...this.read.values()] } : facts;
  }

  /** Of an Execute: what SQL has made may have taken the name of its portal or statement since. */
  ofNames(decision: Decision, { portal, statement }: ExecutedNames): Decision {
    const { gives } = decision;
    const mayBeTaken = (this.hasCursors && portal !== '') || (this.hasPrepared && statement !== '');
    if (!mayBeTaken || gives === undefined) return decision;
    const accesses = [...this.read.values()];
    return {
      ...decision,
      gives: gives.map((given) => ({ ...given, outputs: undefined, accesses })),
    };
  }

  private askedOf(texts: readonly (StatementText | undefined)[], naming?: Naming): Key[] {
    const asked = texts.map((text) => text?.key);
    // Whether the target took a DEALLOCATE of the one and a PREPARE of the other nobody knows here.
    if (naming?.does !== 'execute') return asked;
    for (const name of naming.names) {
      if (this.prepared.isBySql(name)) asked.push(`EXECUTE "${name.replaceAll('"', '""')}"`);
    }
    return asked;
  }

  private known(key: string | undefined): Kept | undefined {
    const known = key === undefined ? undefined : this.kept.get(key);
    return known?.version === undefined || known.version === this.prepared.version
      ? known
      : undefined;
  }

  /** A message of the protocol has given a name to a text; the empty one is none of SQL. */
  private named({ names }: Naming, text: Key, facts: readonly StatementFacts[]): void {
    for (const name of names) {
      if (name === '') continue;
      if (text === undefined) this.prepared.unsure();
      else this.prepared.add(name, { text, facts, isBySql: false });
    }
  }

  /** What rulings rest on now; those that rest on anything else are forgotten. */
  private by(rulebook: Rulebook): RuledBy {
    const { catalog, isCatalogOld } = this.sources;
    const { of } = this;
    if (
      of?.rulebook === rulebook &&
      of.catalog === catalog &&
      of.isCatalogOld === isCatalogOld &&
      (!rulebook.isMomentary || this.isNow(of.moment))
    ) {
      return of;
    }
    this.kept.clear();
    this.of = { rulebook, catalog, isCatalogOld, moment: this.moment() };
    return this.of;
  }

  private moment(): Moment {
    return momentOf(this.sources.now(), this.asking.openedAt, this.denied);
  }

  private isNow({ minute, age, denied }: Moment): boolean {
    const now = this.moment();
    return now.minute === minute && now.age === age && now.denied === denied;
  }

  /** Whether SQL may have prepared something under the name that no message of the protocol did. */
  mayBePrepared(name: string): boolean {
    return this.sources.rulebook !== undefined && this.prepared.mayBeBySql(name);
  }

  /** Whether a value of these types, which no text names, is known to run nothing. */
  seesTypes(types: readonly number[]): boolean {
    // Without policies nobody reads a catalog.
    if (this.sources.rulebook === undefined) return true;
    return types.every((type) => this.sources.catalog.isPlainType(type));
  }

  /** What runs may change what the next texts mean. */
  private follow(statements: readonly StatementFacts[]): void {
    for (const facts of statements) this.prepared.ran(facts);
    if (statements.some(({ mayDefine }) => mayDefine)) this.sources.catalogChanged();
    for (const name of statements.flatMap(({ temporary }) => [...temporary])) {
      if (this.temporary.has(name) || this.temporary.size >= TEMPORARY_MAX) continue;
      this.temporary.add(name);
      this.kept.clear();
    }
    if (!this.meaningChanged && statements.some(changesMeaning)) {
      this.meaningChanged = true;
      this.kept.clear();
    }
    if (this.namesChanged || !statements.some(changesNames)) return;
    this.namesChanged = true;
    this.kept.clear();
  }

  private judge(texts: readonly Key[], of: RuledBy): Kept {
    const { rulebook, catalog } = of;
    const searchPath = this.namesChanged ? undefined : this.sources.searchPath;
    const { temporary, prepared } = this;
    const names = { catalog, searchPath, temporary, prepared };
    const statements = texts.flatMap((text): readonly StatementFacts[] =>
      text === undefined ? [unreadable('it could not be had whole')] : analyze(text, names),
    );
    const asked = of.isCatalogOld ? statements.map(doubtful) : statements;
    const ruling = rulebook.command(this.asking, asked, of.moment);
    const plain: Decision = { ...decided(ruling, rulebook), does: asked };
    const ruled = this.keepingSettings(plain, statements);
    this.alsoMasks(ruled.mask);
    this.alsoLimits(ruling.limit);
    this.alsoReads(statements, catalog);
    const rows = ruling.limit && rowsOf(ruling.limit, statements);
    const limited: Decision = rows === undefined ? ruled : { ...ruled, rows };
    const decision = ruled.mask === undefined ? limited : { ...limited, gives: statements };
    const terms = decision.effect === 'hold' ? ruling.approval : undefined;
    const kept = {
      statements,
      asked,
      leaves: asked.some(leavesSomething),
      version: statements.some(({ executes }) => executes.size > 0) ? prepared.version : undefined,
    };
    if (terms === undefined) return { ...kept, decision };
    const released = () => {
      this.follow(asked);
    };
    const hasOwnMeaning = searchPath === undefined || temporary.size > 0 || this.meaningChanged;
    const executes = [...new Set(statements.flatMap((each) => [...each.executes]))];
    const hold = { terms, summary: summaryOf(asked), hasOwnMeaning, executes, released };
    return { ...kept, decision: { ...decision, hold } };
  }

  /** What the session was opened with stays, whatever else is permitted. */
  private keepingSettings(decision: Decision, statements: readonly StatementFacts[]): Decision {
    const { heldSettings } = this;
    if (heldSettings.size === 0 || decision.effect === 'deny') return decision;
    const changed = statements
      .flatMap(changedSettings)
      .find((name) => name === ANY_SETTING || heldSettings.has(name));
    if (changed === undefined) return decision;
    const reason = `${[...heldSettings].join(', ')} may not be changed`;
    return { ...decision, effect: 'deny', rule: HELD_SETTINGS, reason };
  }

  private alsoMasks(mask: MaskTerms | undefined): void {
    if (mask === undefined) return;
    this.masked = this.masked === undefined ? mask : bothMasks(this.masked, mask);
  }

  private alsoLimits(limit: RowLimit | undefined): void {
    if (limit === undefined) return;
    this.limited = this.limited === undefined ? limit : lowerLimit(this.limited, limit);
  }

  private alsoReads(statements: readonly StatementFacts[], catalog: Catalog): void {
    this.hasCursors ||= statements.some(mayOpenCursor);
    this.hasPrepared ||= statements.some(({ kinds }) => kinds.has('prepare'));
    for (const access of statements.flatMap(({ accesses }) => accesses)) {
      const { object, schema, name } = access;
      const isKnown = schema !== undefined && catalog.relation(schema, name) !== undefined;
      if (object === 'table' && isKnown) this.read.set(JSON.stringify([schema, name]), access);
    }
  }

  private keep(key: string, ruled: Kept): void {
    if (key.length > KEPT_CHARACTERS || this.kept.get(key) === ruled) return;
    const [oldest] = this.kept.keys();
    if (this.kept.size >= KEPT_MAX && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(key, ruled);
  }
}

/** The same for all texts that are ruled on alike; undefined where some text is not known. */
function keyOf(texts: readonly Key[]): string | undefined {
  if (texts.length === 1) return texts[0];
  return texts.every((text) => text !== undefined) ? texts.join('\0') : undefined;
}

function leavesSomething(facts: StatementFacts): boolean {
  const { mayDefine, temporary, prepares, opaque } = facts;
  const isNamed = mayDefine || temporary.size > 0 || changesMeaning(facts);
  return isNamed || prepares !== undefined || opaque.size > 0;
}

/** RESET and DISCARD go back to what the session was opened with, but for those of transactions. */
function changedSettings({ settings, kinds }: StatementFacts): readonly string[] {
  const isReset = [...kinds].every((kind) => kind === 'reset' || kind === 'discard');
  return [...settings].filter((name) => !isReset || name.startsWith('transaction_'));
}

function rowsOf(limit: RowLimit, statements: readonly StatementFacts[]): RowsAllowed {
  return {
    ...limit,
    isShared: statements.some(({ kinds }) => kinds.has('fetch')),
    onlyReads: statements.every(
      ({ kinds, opaque }) =>
        opaque.size === 0 && [...kinds].every((kind) => groupOf(kind) === 'read'),
    ),
    isSingle: statements.length === 1,
  };
}

/** What names others: a name may stand for something else by now. */
function doubtful(facts: StatementFacts): StatementFacts {
  if (facts.accesses.length === 0) return facts;
  return { ...facts, opaque: new Set([...facts.opaque, NOT_READ_YET]) };
}

/** Whether a session may be opened. It cannot be held: a rule that would have it held denies it. */
export function ruleOnSession(rulebook: Rulebook | undefined, asking: Asking): SessionDecision {
  if (rulebook === undefined) return { ...WITHOUT_POLICY, settings: NO_SETTINGS };
  const ruling = rulebook.connect(asking);
  const { settings } = ruling;
  const decision = decided(ruling, rulebook);
  if (decision.effect !== 'hold') return { ...decision, settings };
  const reason = 'a session cannot wait for an approval';
  return { ...decision, effect: 'deny', reason, settings };
}

function decided({ effect, rule, reason, mask }: Ruling, { digest }: Rulebook): Decision {
  return { effect, rule, policyVersion: digest.slice(0, VERSION_DIGITS), reason, mask };
}
