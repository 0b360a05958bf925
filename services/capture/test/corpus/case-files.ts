import { readFileSync, readdirSync } from 'node:fs';

/** One entry of a case file. */
export interface Case {
  readonly file: string;
  readonly name: string;
  /** What its head says after the name. */
  readonly told: readonly string[];
  /** Sent one after the other in one session. */
  readonly texts: readonly string[];
  /** Takes back what a fresh database does not. */
  readonly undo: string;
}

/** Between texts of a case that are sent one by one. */
const NEXT = '-- then\n';
const UNDO = '-- undo\n';

/**
 * The cases of a folder's SQL files, by name of file. A case begins with a line
 * `--- NAME | TOLD | ...`; all up to the next such line is what is sent.
 */
export function casesOf(folder: URL): readonly Case[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const [, ...blocks] = `\n${text}`.split('\n--- ');
    return blocks.map((block) => caseOf(file, block));
  });
}

function caseOf(file: string, block: string): Case {
  const [head = '', ...lines] = block.split('\n');
  const [name = '', ...told] = head.split('|').map((part) => part.trim());
  const [sent = '', undo = ''] = lines.join('\n').split(UNDO);
  const texts = sent.split(NEXT).map((text) => text.trim());
  return { file, name, told, texts, undo };
}
