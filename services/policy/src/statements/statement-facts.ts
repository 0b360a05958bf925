import type { RelationName } from './catalog.js';
import type { CopiedRows, Origins } from './rows-given.js';

/** One thing that a statement does to an object that has a name. */
export interface Access {
  /** A kind of statement for a table, `call` for a function. */
  readonly action: string;
  readonly object: 'table' | 'function';
  /** Undefined where the session's search path decides and nobody here knows it. */
  readonly schema: string | undefined;
  readonly name: string;
  /** Of a table, what it is a part of. */
  readonly parents?: readonly RelationName[];
}

/**
 * What one statement would do, as far as it can be seen without running it, functions and views
 * that it uses included.
 */
export interface StatementFacts {
  /** Of the statement itself. */
  readonly kind: string;
  /** Of the statement and of all that it carries or brings about. */
  readonly kinds: ReadonlySet<string>;
  readonly accesses: readonly Access[];
  /** What could not be seen through, in words. */
  readonly opaque: ReadonlySet<string>;
  /** Some UPDATE or DELETE of it may reach every row. */
  readonly whereMissing: boolean;
  /** Rows that a query gives at most, where it says so by a number. */
  readonly rowLimit: number | undefined;
  /** Names of the session settings that it changes; `*`: any. */
  readonly settings: ReadonlySet<string>;
  /** Names of temporary relations that it makes. */
  readonly temporary: ReadonlySet<string>;
  /** It may make, change or drop what others name. */
  readonly mayDefine: boolean;
  /** Of the columns that it gives; undefined where they cannot be told. */
  readonly outputs: readonly Origins[] | undefined;
  /** Of rows that it copies to the client. */
  readonly copied: CopiedRows | undefined;
  /** By PREPARE: a name, and the text of the statement that gives it. */
  readonly prepares: { readonly name: string; readonly text: string } | undefined;
  /** Texts that it may run by a name; undefined for one that nobody knows. */
  readonly executes: ReadonlySet<string | undefined>;
  /** Its text without literals and comments; empty where they cannot be told from the rest. */
  readonly shape: string;
}

/** What a statement tells of itself, and not by what it names. */
export type Told = Pick<StatementFacts, 'rowLimit' | 'outputs' | 'copied' | 'prepares' | 'shape'>;

const NOTHING_TOLD: Told = {
  rowLimit: undefined,
  outputs: undefined,
  copied: undefined,
  prepares: undefined,
  shape: '',
};

export const ANY_SETTING = '*';
/** Kinds of statements that do so, or run what nobody reads. */
const DEFINING_KINDS: readonly string[] = ['create', 'alter', 'drop', 'do', 'other'];

/** Gathers facts; what is told twice counts once. */
export class FactsBuilder {
  readonly kinds = new Set<string>();
  readonly opaque = new Set<string>();
  readonly settings = new Set<string>();
  readonly temporary = new Set<string>();
  readonly executes = new Set<string | undefined>();
  whereMissing = false;
  private mayDefine = false;
  private readonly accesses = new Map<string, Access>();

  access(access: Access): void {
    const { action, object, schema, name } = access;
    this.accesses.set(JSON.stringify([action, object, schema, name]), access);
  }

  /** It runs what nobody here can read: anything may come of it. */
  unseen(what: string): void {
    this.opaque.add(what);
    this.settings.add(ANY_SETTING);
    this.mayDefine = true;
  }

  /** It does what another one does, too. */
  also(facts: StatementFacts): void {
    // What was prepared is not prepared again.
    for (const kind of facts.kinds) if (kind !== 'prepare') this.kinds.add(kind);
    for (const access of facts.accesses) this.access(access);
    for (const reason of facts.opaque) this.opaque.add(reason);
    for (const setting of facts.settings) this.settings.add(setting);
    for (const name of facts.temporary) this.temporary.add(name);
    this.whereMissing ||= facts.whereMissing;
    this.mayDefine ||= facts.mayDefine;
  }

  build(kind: string, told = NOTHING_TOLD): StatementFacts {
    const { kinds, opaque, settings, whereMissing, temporary, executes } = this;
    const accesses = [...this.accesses.values()];
    const mayDefine = this.mayDefine || DEFINING_KINDS.some((each) => kinds.has(each));
    const found = { kinds, accesses, opaque, settings, temporary, executes };
    return { kind, ...found, whereMissing, mayDefine, ...told };
  }
}
