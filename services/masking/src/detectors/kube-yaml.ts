import type { Search } from '../search.js';

// Values under data and stringData of Kubernetes Secrets in YAML. It is NOT a parser of YAML: it
// goes by the indentation of lines, and knows neither flow style nor anchors. JSON: json-secret.ts.

const isSecret = /^[ \t-]*kind:[ \t]*["']?Secret["']?[ \t]*\r?$/m;
const separator = /^---.*$/gm;
const entry = /^([ \t]*)(?:- )?([^\s:#][^:\n]{0,252}):(?:[ \t]+(.*))?$/;
const block = /^[|>][+-]?\d?\s*(?:#.*)?$/;

interface Line {
  readonly text: string;
  readonly start: number;
  readonly indent: number;
}

export function findKubeYaml(search: Search): void {
  const { text } = search;
  if (!isSecret.test(text)) return;
  let from = 0;
  for (const { 0: line, index } of [...text.matchAll(separator), { 0: '', index: text.length }]) {
    const document = text.slice(from, index);
    if (isSecret.test(document)) findInDocument(search, from, document);
    from = index + line.length;
  }
}

function linesOf(document: string, from: number): Line[] {
  let start = from;
  return document.split('\n').map((text) => {
    const line = { text, start, indent: text.search(/[^ ]|$/) };
    start += text.length + 1;
    return line;
  });
}

function findInDocument(search: Search, from: number, document: string): void {
  const lines = linesOf(document, from);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || !/^ *(?:data|stringData):\s*$/.test(line.text)) continue;
    for (at += 1; at < lines.length; at += 1) {
      const child = lines[at];
      if (child === undefined || (child.text.trim() !== '' && child.indent <= line.indent)) break;
      at = addEntry(search, lines, at);
    }
    at -= 1;
  }
}

/** The index of the last line that belongs to the entry. */
function addEntry(search: Search, lines: readonly Line[], at: number): number {
  const line = lines[at];
  const value = line && entry.exec(line.text)?.[3]?.trimEnd();
  if (line === undefined || value === undefined || value === '') return at;
  if (!block.test(value)) {
    const start = line.start + line.text.indexOf(value, line.text.indexOf(':') + 1);
    const quotes = /^(["']).*\1$/.test(value) ? 1 : 0;
    search.add('kube-secret', start + quotes, start + value.length - quotes);
    return at;
  }
  let last = at;
  while (last + 1 < lines.length) {
    const next = lines[last + 1] as Line;
    if (next.text.trim() !== '' && next.indent <= line.indent) break;
    last += 1;
  }
  while (last > at && lines[last]?.text.trim() === '') last -= 1;
  const first = lines[at + 1];
  const final = lines[last];
  if (last > at && first !== undefined && final !== undefined) {
    search.add(
      'kube-secret',
      first.start + first.indent,
      final.start + final.text.trimEnd().length,
    );
  }
  return last;
}
