import { isTree, nameParts } from './grammar.js';
import type { Tree } from './grammar.js';
import type { NameSpace } from './names.js';
import { outputColumns, ownNames, tableColumns } from './output-columns.js';
import type { Column, CopiedColumn, CopiedRows } from './rows-given.js';

/** Of a statement that copies to the client; undefined where it is another. */
export function copiedBy({ CopyStmt: tree }: Tree, names: NameSpace): CopiedRows | undefined {
  if (!isTree(tree) || tree['is_from'] === true) return undefined;
  const options = optionsOf(tree['options']);
  const isCsv = options.get('format') === 'csv';
  const quote = isCsv ? (options.get('quote') ?? '"') : undefined;
  return {
    columns: copiedColumns(tree, names),
    delimiter: options.get('delimiter') ?? (isCsv ? ',' : '\t'),
    nullText: options.get('null') ?? (isCsv ? '' : '\\N'),
    quote,
    escape: options.get('escape') ?? quote ?? '\\',
    hasHeader: !['false', 'off', '0'].includes(options.get('header')?.toLowerCase() ?? 'false'),
  };
}

function copiedColumns(
  { relation, attlist, query }: Tree,
  names: NameSpace,
): readonly CopiedColumn[] | undefined {
  if (isTree(query)) return outputColumns(query, names)?.map(copiedColumn);
  if (!isTree(relation)) return undefined;
  const columns = tableColumns(relation, names);
  const listed = nameParts(attlist);
  const order = listed.length > 0 ? listed : columns?.map(({ name }) => name);
  return order?.map((name) => {
    const found = columns?.find((column) => column.name === name);
    return copiedColumn(found ?? { name, typeOid: 0, origins: [] });
  });
}

function copiedColumn(column: Column): CopiedColumn {
  return { names: ownNames(column), typeOid: column.typeOid };
}

function optionsOf(list: unknown): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const each of Array.isArray(list) ? (list as unknown[]) : []) {
    const element = isTree(each) ? each['DefElem'] : undefined;
    if (isTree(element)) options.set(String(element['defname']), optionValue(element['arg']));
  }
  return options;
}

/** One that is named and no more is on. */
function optionValue(argument: unknown): string {
  if (!isTree(argument)) return 'true';
  const { String: text, Boolean: truth, Integer: number } = argument;
  if (isTree(truth)) return String(truth['boolval'] === true);
  // What is 0 or empty is left out.
  if (isTree(number)) return typeof number['ival'] === 'number' ? String(number['ival']) : '0';
  return isTree(text) && typeof text['sval'] === 'string' ? text['sval'] : '';
}
