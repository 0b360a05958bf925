import type { NameSpace } from './names.js';
import type { StatementFacts } from './statement-facts.js';

/** Where names of a session lead to, those of what it has prepared included. */
export interface SessionNames extends NameSpace {
  /** Undefined within a definition: when it runs is not known, nor what is prepared by then. */
  readonly prepared: PreparedStatements | undefined;
}

/** What a name may stand for. */
export interface Prepared {
  /** Of the PREPARE, or of what a message of the protocol gave the name to. */
  readonly text: string;
  /** What it was known to do then: the target may keep to what names meant. */
  readonly facts: readonly StatementFacts[];
  readonly isBySql: boolean;
}

/** Beyond these no name is known any more, or not that one. */
const NAMES_MAX = 1000;
const CHARACTERS_MAX = 2 * 1024 * 1024;
const PER_NAME_MAX = 4;
/** Longer texts are not kept. */
const TEXT_CHARACTERS = 32 * 1024;
/** Shorter than what a target cuts, and of the same letters in all encodings. */
const PLAIN_NAME = /^[\x01-\x7f]{1,62}$/;

/**
 * What the names of a session's prepared statements may stand for, those of SQL and those of the
 * protocol: to the target they are of one kind. It is always all that a name may be, and more:
 * nothing is forgotten, since whether the target took a PREPARE or a DEALLOCATE is not known when
 * what comes next is ruled on. After anything that could not be seen through no name is known, for
 * it may have prepared what it liked.
 */
export class PreparedStatements {
  /** Undefined: too many texts. */
  private readonly names = new Map<string, readonly Prepared[] | undefined>();
  private characters = 0;
  private isUnsure = false;
  /** Some name was given by SQL that is not among them. */
  private hasLostSql = false;
  private changes = 0;

  /** Differs after a change. */
  get version(): number {
    return this.changes;
  }

  /** All that it may stand for; undefined where nobody knows. */
  of(name: string): readonly Prepared[] | undefined {
    return this.isUnsure ? undefined : this.names.get(name);
  }

  /** A PREPARE that was seen may have given the name. */
  isBySql(name: string): boolean {
    if (this.hasLostSql && name !== '') return true;
    if (!this.names.has(name)) return false;
    return this.names.get(name)?.some(({ isBySql }) => isBySql) ?? true;
  }

  /** The same, and of those that were not seen. */
  mayBeBySql(name: string): boolean {
    return name !== '' && (this.isUnsure || this.isBySql(name));
  }

  /** The statement may have run. */
  ran(facts: StatementFacts): void {
    const { opaque, prepares } = facts;
    if (opaque.size > 0) this.unsure();
    if (prepares === undefined) return;
    this.add(prepares.name, { text: prepares.text, facts: [facts], isBySql: true });
  }

  /** Anything may have been prepared. */
  unsure(): void {
    if (this.isUnsure) return;
    this.isUnsure = true;
    this.changes += 1;
  }

  add(name: string, prepared: Prepared): void {
    const known = this.names.get(name);
    const isTooMuch = known === undefined && this.names.has(name);
    if (isTooMuch || known?.some((each) => isSame(each, prepared)) === true) return;
    this.changes += 1;
    const { text } = prepared;
    this.characters += text.length;
    const isKept = PLAIN_NAME.test(name) && this.names.size < NAMES_MAX;
    if (!isKept || this.characters > CHARACTERS_MAX) this.isUnsure = true;
    this.hasLostSql ||= !isKept && prepared.isBySql;
    if (!isKept || (this.isUnsure && !prepared.isBySql)) return;
    const more = [...(known ?? []), prepared];
    const isKnown = more.length <= PER_NAME_MAX && text.length <= TEXT_CHARACTERS;
    this.names.set(name, isKnown && !this.isUnsure ? more : undefined);
  }

  /** For the statements of one text, each of which runs after those before it. */
  copy(): PreparedStatements {
    const copy = new PreparedStatements();
    for (const [name, prepared] of this.names) copy.names.set(name, prepared);
    copy.characters = this.characters;
    copy.isUnsure = this.isUnsure;
    copy.hasLostSql = this.hasLostSql;
    return copy;
  }
}

function isSame(known: Prepared, other: Prepared): boolean {
  if (known.text !== other.text || known.isBySql !== other.isBySql) return false;
  if (known.facts.length !== other.facts.length) return false;
  return known.facts.every((facts, index) => {
    const like = other.facts[index];
    return facts === like || (like !== undefined && tellingOf(facts) === tellingOf(like));
  });
}

/** The same for facts by which the same is ruled. */
function tellingOf(facts: StatementFacts): string {
  const { kinds, accesses, opaque, settings, temporary, whereMissing, mayDefine } = facts;
  const sets = [kinds, opaque, settings, temporary].map((set) => [...set]);
  return JSON.stringify([sets, accesses, whereMissing, mayDefine]);
}
