import { copiedBy } from './copied-rows.js';
import { isTree, parse, textsOf } from './grammar.js';
import type { Tree } from './grammar.js';
import { Judge } from './judge.js';
import { UNKNOWN_KIND } from './kinds.js';
import { outputsOf } from './output-columns.js';
import type { SessionNames } from './prepared-statements.js';
import { withoutLiterals } from './shape.js';
import { ANY_SETTING, FactsBuilder } from './statement-facts.js';
import type { StatementFacts } from './statement-facts.js';

/**
 * The statements of a command's text. What the grammar of Postgres does not take is one opaque
 * statement: an older or newer target may take it.
 */
export function analyze(text: string, session: SessionNames): readonly StatementFacts[] {
  const parsed = parse(text);
  if ('syntaxError' in parsed) {
    return [unreadable(parsed.syntaxError)];
  }
  try {
    const { statements, spans } = parsed;
    return inOrder(statements, textsOf(text, spans), session);
  } catch (error) {
    // The stack of the walk, which goes as deep as the text does.
    if (error instanceof RangeError) return [unreadable('it is nested too deeply')];
    throw error;
  }
}

/** The facts of a text that nobody could read. */
export function unreadable(reason: string): StatementFacts {
  const facts = new FactsBuilder();
  facts.unseen(`its text cannot be read: ${reason}`);
  facts.kinds.add(UNKNOWN_KIND);
  return facts.build(UNKNOWN_KIND);
}

/** Where one changes what names lead to, the path of those after it is not known. */
function inOrder(
  statements: readonly Tree[],
  texts: readonly string[],
  session: SessionNames,
): readonly StatementFacts[] {
  let { searchPath } = session;
  const temporary = new Set(session.temporary);
  const prepared = statements.length > 1 ? session.prepared?.copy() : session.prepared;
  return statements.map((statement, index) => {
    const text = texts[index] ?? '';
    const facts = factsOf(statement, text, { ...session, searchPath, temporary, prepared });
    if (statements.length > 1) prepared?.ran(facts);
    if (changesNames(facts)) searchPath = undefined;
    for (const name of facts.temporary) temporary.add(name);
    return facts;
  });
}

/** Settings by which the same name may lead elsewhere. */
const NAME_SETTINGS = ['search_path', 'role', 'session_authorization', ANY_SETTING];

/** Whether a name may lead elsewhere after the statement than before it. */
export function changesNames({ settings }: StatementFacts): boolean {
  return NAME_SETTINGS.some((name) => settings.has(name));
}

/** By any other one a text may be read otherwise: DateStyle, TimeZone, those of extensions. */
const HARMLESS_SETTINGS: ReadonlySet<string> = new Set([
  'application_name',
  'client_min_messages',
  'extra_float_digits',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'lock_timeout',
  'statement_timeout',
  'transaction_timeout',
  'work_mem',
]);
const OF_TRANSACTIONS = /^(?:default_)?transaction_/;

/** Whether the same text may mean something else after the statement than before it. */
export function changesMeaning({ settings }: StatementFacts): boolean {
  return [...settings].some((name) => !HARMLESS_SETTINGS.has(name) && !OF_TRANSACTIONS.test(name));
}

function factsOf(statement: Tree, text: string, session: SessionNames): StatementFacts {
  const facts = new FactsBuilder();
  const kind = new Judge(facts, session).statement(statement);
  return facts.build(kind, {
    rowLimit: rowLimitOf(statement),
    outputs: outputsOf(statement, session),
    copied: copiedBy(statement, session),
    prepares: preparedBy(statement, text),
    shape: withoutLiterals(text) ?? '',
  });
}

function preparedBy({ PrepareStmt }: Tree, text: string): StatementFacts['prepares'] {
  return isTree(PrepareStmt) ? { name: String(PrepareStmt['name']), text } : undefined;
}

function rowLimitOf({ SelectStmt }: Tree): number | undefined {
  const limit = isTree(SelectStmt) ? SelectStmt['limitCount'] : undefined;
  const constant = isTree(limit) ? limit['A_Const'] : undefined;
  const integer = isTree(constant) ? constant['ival'] : undefined;
  if (!isTree(integer)) return undefined;
  return typeof integer['ival'] === 'number' ? integer['ival'] : 0;
}
