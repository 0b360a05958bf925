import { summaryOf } from './cedar/requests.js';
import type { Asking } from './cedar/requests.js';
import type { Rulebook, Ruling } from './cedar/rulebook.js';
import { bothMasks } from './cedar/mask-terms.js';
import type { MaskTerms } from './cedar/mask-terms.js';
import { heldNames } from './cedar/session-settings.js';
import type { SessionSettings } from './cedar/session-settings.js';
import { WITHOUT_POLICY } from './decide.js';
import type { Decision, SessionDecision } from './decide.js';
import { analyze, changesNames, unreadable } from './statements/analyze.js';
import type { Catalog } from './statements/catalog.js';
import { shapeOf } from './statements/shape.js';
import { ANY_SETTING } from './statements/statement-facts.js';
import type { StatementFacts } from './statements/statement-facts.js';

/** The text of a statement; undefined where it cannot be had whole, or as characters. */
export type StatementText = string | undefined;

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
/** They give rows of what was ruled on before. */
const REPEATING_KINDS: readonly string[] = ['execute', 'fetch'];

/** By what a session was opened. */
export type Opened = Pick<SessionDecision, 'settings' | 'mask'>;

interface RuledBy {
  readonly rulebook: Rulebook;
  readonly catalog: Catalog;
  readonly isCatalogOld: boolean;
}

interface Kept {
  readonly decision: Decision;
  readonly statements: readonly StatementFacts[];
}

/**
 * Rules on the commands of one session: by the policies, who asks, and what the texts would do. The
 * same question is not asked twice while nothing that it rests on was replaced.
 */
export class SessionRuler {
  private readonly kept = new Map<string, Kept>();
  private readonly temporary = new Set<string>();
  private of: RuledBy | undefined;
  /** The session may have changed where names lead. */
  private namesChanged = false;
  /** Settings that it may not change. */
  private readonly heldSettings: ReadonlySet<string>;
  private masked: MaskTerms | undefined;

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

  /** Some rule has what it permits wait for people. */
  get mayHold(): boolean {
    return this.sources.rulebook?.mayHold ?? false;
  }

  /** `texts`: of all statements that the command may run. */
  rule(texts: () => readonly StatementText[]): Decision {
    const { rulebook } = this.sources;
    if (rulebook === undefined) return WITHOUT_POLICY;
    const { catalog, isCatalogOld } = this.sources;
    const { of } = this;
    const isSame = of?.rulebook === rulebook && of.catalog === catalog;
    if (!isSame || of.isCatalogOld !== isCatalogOld) {
      this.kept.clear();
      this.of = { rulebook, catalog, isCatalogOld };
    }
    // What is known of a shape is known of all texts that have it.
    const asked = texts().map((text) => (text === undefined ? undefined : (shapeOf(text) ?? text)));
    const key = asked.every((text) => text !== undefined) ? asked.join('\0') : undefined;
    const known = key === undefined ? undefined : this.kept.get(key);
    const ruled = known ?? this.judge(asked, { rulebook, catalog, isCatalogOld });
    if (key !== undefined && known === undefined) this.keep(key, ruled);
    // What is held may have run when what comes next runs.
    if (ruled.decision.effect !== 'deny') this.follow(ruled);
    if (this.masked === undefined || !ruled.statements.some(isRepeating)) return ruled.decision;
    return { ...ruled.decision, mask: this.masked };
  }

  /** Whether a value of these types, which no text names, is known to run nothing. */
  seesTypes(types: readonly number[]): boolean {
    // Without policies nobody reads a catalog.
    if (this.sources.rulebook === undefined) return true;
    return types.every((type) => this.sources.catalog.isPlainType(type));
  }

  /** What runs may change what the next texts mean. */
  private follow({ statements }: Pick<Kept, 'statements'>): void {
    if (statements.some(({ mayDefine }) => mayDefine)) this.sources.catalogChanged();
    for (const name of statements.flatMap(({ temporary }) => [...temporary])) {
      if (this.temporary.has(name) || this.temporary.size >= TEMPORARY_MAX) continue;
      this.temporary.add(name);
      this.kept.clear();
    }
    if (this.namesChanged || !statements.some(changesNames)) return;
    this.namesChanged = true;
    this.kept.clear();
  }

  private judge(texts: readonly StatementText[], of: RuledBy): Kept {
    const { rulebook, catalog } = of;
    const searchPath = this.namesChanged ? undefined : this.sources.searchPath;
    const names = { catalog, searchPath, temporary: this.temporary };
    const statements = texts.flatMap((text): readonly StatementFacts[] =>
      text === undefined ? [unreadable('it could not be had whole')] : analyze(text, names),
    );
    const asked = of.isCatalogOld ? statements.map(doubtful) : statements;
    const ruling = rulebook.command(this.asking, asked);
    const ruled = this.keepingSettings(decided(ruling, rulebook), statements);
    this.alsoMasks(ruled.mask);
    const decision = ruled.mask === undefined ? ruled : { ...ruled, gives: statements };
    const terms = decision.effect === 'hold' ? ruling.approval : undefined;
    if (terms === undefined) return { decision, statements };
    const released = () => {
      this.follow({ statements });
    };
    const hasOwnNames = searchPath === undefined || this.temporary.size > 0;
    const hold = { terms, summary: summaryOf(asked), hasOwnNames, released };
    return { decision: { ...decision, hold }, statements };
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

  private keep(key: string, ruled: Kept): void {
    if (key.length > KEPT_CHARACTERS) return;
    const [oldest] = this.kept.keys();
    if (this.kept.size >= KEPT_MAX && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(key, ruled);
  }
}

/** RESET and DISCARD go back to what the session was opened with, but for those of transactions. */
function changedSettings({ settings, kinds }: StatementFacts): readonly string[] {
  const isReset = [...kinds].every((kind) => kind === 'reset' || kind === 'discard');
  return [...settings].filter((name) => !isReset || name.startsWith('transaction_'));
}

function isRepeating({ kinds }: StatementFacts): boolean {
  return REPEATING_KINDS.some((kind) => kinds.has(kind));
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
