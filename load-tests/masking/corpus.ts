import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isValueType, type ValueType } from '@steno/masking';

/** A value that a row holds: [start, end) of its text. */
export interface Label {
  readonly type: ValueType;
  readonly start: number;
  readonly end: number;
}

export interface Row {
  readonly text: string;
  readonly column: string | undefined;
  readonly labels: readonly Label[];
}

/** From the sources as from dist, which is one folder deeper. */
export const corpusFolder = fileURLToPath(
  new URL(
    `${import.meta.url.includes('/dist/') ? '../' : ''}../../services/masking/fixtures/corpus/`,
    import.meta.url,
  ),
);

/**
 * One row a line: `[[column]] text «type:value» text`, with ⏎ and ⇥ for line end and tab. ¦ stands
 * for nothing: it keeps tokens that are made up from looking like ones that leaked. Lines that
 * begin with `//` are headings.
 */
export function parseRow(line: string): Row {
  const [, column, marked = ''] = /^(?:\[\[(\w+)\]\] )?(.*)$/.exec(line) ?? [];
  const source = marked.replaceAll('¦', '').replaceAll('⏎', '\n').replaceAll('⇥', '\t');
  const labels: Label[] = [];
  let text = '';
  for (const part of source.split(/(«[^»]*»)/)) {
    const [, type, value = ''] = /^«([a-z-]+):([^]*)»$/.exec(part) ?? [];
    if (type === undefined) {
      text += part;
      continue;
    }
    if (!isValueType(type)) throw new Error(`no such type: ${line}`);
    labels.push({ type, start: text.length, end: text.length + value.length });
    text += value;
  }
  return { text, column, labels };
}

export function readCorpus(): Row[] {
  return readdirSync(corpusFolder)
    .sort()
    .flatMap((name) => readFileSync(`${corpusFolder}${name}`, 'utf8').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('// '))
    .map(parseRow);
}

/** Three of ten rows are held out: nobody looks at them to change a detector. */
export function isHeldOut({ text, column }: Row): boolean {
  const hash = createHash('sha256')
    .update(`${column ?? ''}\0${text}`)
    .digest();
  return hash.readUInt32BE(0) % 10 < 3;
}
