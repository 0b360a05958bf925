import type { Asking } from './cedar/requests.js';
import type { Rulebook, Ruling } from './cedar/rulebook.js';
import { WITHOUT_POLICY } from './decide.js';
import type { Decision } from './decide.js';
import { analyze, changesNames, unreadable } from './statements/analyze.js';
import type { Catalog } from './statements/catalog.js';
import { shapeOf } from './statements/shape.js';
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
const NOT_READ_YET = 'what the session has defined was not read yet';

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

  constructor(
    private readonly asking: Asking,
    private readonly sources: RulingSources,
  ) {}

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
    if (ruled.decision.effect === 'allow') this.follow(ruled);
    return ruled.decision;
  }

  /** Whether a value of these types, which no text names, is known to run nothing. */
  seesTypes(types: readonly number[]): boolean {
    // Without policies nobody reads a catalog.
    if (this.sources.rulebook === undefined) return true;
    return types.every((type) => this.sources.catalog.isPlainType(type));
  }

  /** What is allowed may change what the next texts mean. */
  private follow({ statements }: Kept): void {
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
    return { decision: decided(rulebook.command(this.asking, asked), rulebook), statements };
  }

  private keep(key: string, ruled: Kept): void {
    if (key.length > KEPT_CHARACTERS) return;
    const [oldest] = this.kept.keys();
    if (this.kept.size >= KEPT_MAX && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(key, ruled);
  }
}

/** What names others: a name may stand for something else by now. */
function doubtful(facts: StatementFacts): StatementFacts {
  if (facts.accesses.length === 0) return facts;
  return { ...facts, opaque: new Set([...facts.opaque, NOT_READ_YET]) };
}

/** Whether a session may be opened. */
export function ruleOnSession(rulebook: Rulebook | undefined, asking: Asking): Decision {
  return rulebook === undefined ? WITHOUT_POLICY : decided(rulebook.connect(asking), rulebook);
}

function decided({ effect, rule, reason }: Ruling, { digest }: Rulebook): Decision {
  return { effect, rule, policyVersion: digest.slice(0, VERSION_DIGITS), reason };
}
