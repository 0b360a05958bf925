import { isTree, nameParts } from './grammar.js';
import type { Tree } from './grammar.js';
import { UNKNOWN_KIND } from './kinds.js';
import { ANY_SETTING, FactsBuilder } from './statement-facts.js';
import { Walk } from './walk.js';
import type { Uses } from './walk.js';

const QUERIES: ReadonlySet<string> = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
]);
/** What they carry is a query, or what a query would do. */
const CARRIERS: ReadonlySet<string> = new Set([
  'CallStmt',
  'CopyStmt',
  'CreateTableAsStmt',
  'DeclareCursorStmt',
  'ExplainStmt',
  'PrepareStmt',
]);

interface Given {
  readonly node: string;
  readonly tree: Tree;
  readonly kind: string;
  readonly facts: FactsBuilder;
  readonly uses: Uses;
}

/** Adds to the facts what one statement does, and tells what it uses. */
export function addStatement(given: Given): void {
  const { node, tree, kind, facts, uses } = given;
  if (QUERIES.has(node)) {
    new Walk(facts, uses, undefined).query(node, tree);
    return;
  }
  facts.kinds.add(kind);
  if (kind === UNKNOWN_KIND) facts.unseen(node);
  switch (node) {
    case 'DoStmt':
      facts.unseen('do');
      break;
    case 'ExecuteStmt':
      uses.execute(String(tree['name']));
      new Walk(facts, uses, undefined).carrier(tree);
      break;
    case 'ExplainStmt':
      explain(given);
      break;
    case 'DropStmt':
      dropped(given);
      break;
    case 'VariableSetStmt':
      if (changesReading(tree)) facts.opaque.add(`setting ${String(tree['name'])}`);
      for (const name of settingsOf(node, tree)) facts.settings.add(name);
      break;
    case 'TransactionStmt':
    case 'DiscardStmt':
      for (const name of settingsOf(node, tree)) facts.settings.add(name);
      break;
    default:
      new Walk(facts, uses, actionOf(node, tree, kind)).carrier(tree);
  }
}

/** What naming a table does to it, where the statement is no query. */
function actionOf(node: string, tree: Tree, kind: string): string | undefined {
  if (node === 'CopyStmt') return tree['is_from'] === true ? 'copy-from' : undefined;
  if (node === 'CreateTableAsStmt') return undefined;
  return CARRIERS.has(node) ? undefined : kind;
}

/** Without ANALYZE nothing of it runs but functions that the planner calls for its estimates. */
function explain({ tree, facts, uses }: Given): void {
  if (runs(tree['options'])) {
    new Walk(facts, uses, undefined).carrier(tree);
    return;
  }
  const unused = new FactsBuilder();
  const readsAlone: Uses = {
    relation: (action, schema, name) => {
      uses.relation('select', schema, name);
      if (action !== 'select') uses.expressions(action, schema, name);
    },
    expressions: (action, schema, name) => {
      uses.expressions(action, schema, name);
    },
    call: (schema, name) => {
      uses.call(schema, name);
    },
    maybeCall: (name) => {
      uses.maybeCall(name);
    },
    maybeBuiltIn: (name) => {
      uses.maybeBuiltIn(name);
    },
    operator: (name) => {
      uses.operator(name);
    },
    type: (name) => {
      uses.type(name);
    },
    // Planned alone, but all of it is told: who plans it may as well run it.
    execute: (name) => {
      uses.execute(name);
    },
  };
  new Walk(unused, readsAlone, undefined).carrier(tree);
  for (const reason of unused.opaque) facts.unseen(reason);
}

function runs(options: unknown): boolean {
  if (!Array.isArray(options)) return false;
  return (options as unknown[]).some((option) => {
    const element = isTree(option) ? option['DefElem'] : undefined;
    return isTree(element) && element['defname'] === 'analyze' && !isOff(element['arg']);
  });
}

function isOff(value: unknown): boolean {
  if (!isTree(value)) return false;
  const { Integer, String: text, Boolean: truth } = value;
  if (isTree(Integer)) return (Integer['ival'] ?? 0) === 0;
  if (isTree(truth)) return truth['boolval'] !== true;
  return isTree(text) && ['off', 'false'].includes(String(text['sval']).toLowerCase());
}

function dropped({ tree, kind, uses }: Given): void {
  const { objects, removeType } = tree;
  if (!/^OBJECT_(?:TABLE|VIEW|MATVIEW|SEQUENCE|FOREIGN_TABLE)$/.test(String(removeType))) return;
  for (const object of Array.isArray(objects) ? (objects as unknown[]) : []) {
    const list = isTree(object) ? object['List'] : undefined;
    const name = isTree(list) ? nameParts(list['items']) : [];
    uses.relation(kind, name.length > 1 ? name.at(-2) : undefined, name.at(-1) ?? '');
  }
}

/** Values by which the target goes on reading texts as they are read here. */
const READ_AS_HERE: Readonly<Record<string, readonly string[]>> = {
  client_encoding: ['utf8', 'utf-8', 'unicode', 'sql_ascii'],
  standard_conforming_strings: ['on', 'true'],
};

/** Whether what comes after it may mean something else to the target. */
function changesReading(tree: Tree): boolean {
  const expected = READ_AS_HERE[String(tree['name']).toLowerCase()];
  if (expected === undefined) return false;
  const args = Array.isArray(tree['args']) ? (tree['args'] as unknown[]) : [];
  const constant = isTree(args[0]) ? args[0]['A_Const'] : undefined;
  const text = isTree(constant) ? constant['sval'] : undefined;
  const value = isTree(text) ? String(text['sval']).toLowerCase() : '';
  return args.length !== 1 || !expected.includes(value);
}

/** Session settings that it changes. */
function settingsOf(node: string, tree: Tree): readonly string[] {
  if (node === 'DiscardStmt') return tree['target'] === 'DISCARD_ALL' ? [ANY_SETTING] : [];
  if (node === 'TransactionStmt') return modesOf(tree['options']);
  if (tree['kind'] === 'VAR_RESET_ALL') return [ANY_SETTING];
  const name = String(tree['name']).toLowerCase();
  // SET TRANSACTION and SET SESSION CHARACTERISTICS AS TRANSACTION have their modes as arguments.
  if (tree['kind'] === 'VAR_SET_MULTI') return [...modesOf(tree['args']), `${name} snapshot`];
  return [name];
}

function modesOf(modes: unknown): readonly string[] {
  if (!Array.isArray(modes)) return [];
  return (modes as unknown[]).flatMap((mode) => {
    const element = isTree(mode) ? mode['DefElem'] : undefined;
    if (!isTree(element)) return [ANY_SETTING];
    const name = String(element['defname']);
    return name === 'transaction_read_only' && isTrue(element['arg']) ? [] : [name];
  });
}

/** READ ONLY, which takes nothing from what a session may not change. */
function isTrue(argument: unknown): boolean {
  const constant = isTree(argument) ? argument['A_Const'] : undefined;
  const number = isTree(constant) ? constant['ival'] : undefined;
  return isTree(number) && number['ival'] === 1;
}
