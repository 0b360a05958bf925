import type { PolicyFileView } from '@steno/proto';

/** What Cedar's comments and strings are; the rest is taken as it is. */
const TOKEN = /\/\/[^\n]*|"(?:[^"\\]|\\.)*"|\s+|;|[^\s";/]+|./gs;
const ANNOTATIONS = /^(?:@\w+(?:\("(?:[^"\\]|\\.)*"\))?)*/s;
const ID = /@id\("((?:[^"\\]|\\.)*)"\)/s;

/**
 * The rules of policy files by name, as the record names them: what each says, without comments and
 * spaces. The files were in force, so that they are right: it takes Cedar a hundred times as long.
 */
export function rulesOf(files: readonly PolicyFileView[]): ReadonlyMap<string, string> {
  const rules = new Map<string, string>();
  for (const { name, text } of files) {
    const stem = name.replace(/^.*\//, '').replace(/\.cedar$/, '');
    for (const [index, code] of statementsOf(text).entries()) {
      const [annotations] = ANNOTATIONS.exec(code) ?? [''];
      const id = ID.exec(annotations)?.[1];
      rules.set(`${stem}/${id ?? `policy${index}`}`, code);
    }
  }
  return rules;
}

function statementsOf(text: string): readonly string[] {
  const statements: string[] = [];
  let code = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ';') {
      statements.push(code);
      code = '';
    } else if (!token.startsWith('//') && token.trim() !== '') code += token;
  }
  return statements;
}
