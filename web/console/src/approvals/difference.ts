import { edits, type Stretch } from '../ui/edits.js';

export type { Stretch };

const words = /\s+|[\p{L}\p{N}_]+|[^\s]/gu;

/** Of texts that differ in more words, the middle is told as replaced. */
const mostEdits = 400;

/** What was changed from one text to another, word by word. */
export function difference(earlier: string, later: string): readonly Stretch[] {
  const [before, after] = [earlier.match(words) ?? [], later.match(words) ?? []];
  return joined(edits(before, after, mostEdits));
}

interface ChangedBind {
  readonly name: string;
  readonly earlier: string;
  readonly later: string;
}

type Binds = readonly (string | null)[];

/** The values that are others than before; `–` where there was or is none. */
export function changedBinds(earlier: Binds, later: Binds): readonly ChangedBind[] {
  const written = (binds: Binds, index: number): string =>
    index < binds.length ? (binds[index] ?? 'NULL') : '–';
  const length = Math.max(earlier.length, later.length);
  return Array.from({ length }, (_, index) => index).flatMap((index) => {
    if (earlier[index] === later[index]) return [];
    const values = { earlier: written(earlier, index), later: written(later, index) };
    return [{ name: `$${index + 1}`, ...values }];
  });
}

/** Neighbours of one kind as one; of a place, first what is gone and then what is new. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const out: Stretch[] = [];
  let [gone, added] = ['', ''];
  const flush = (): void => {
    if (gone !== '') out.push({ kind: 'gone', text: gone });
    if (added !== '') out.push({ kind: 'new', text: added });
    [gone, added] = ['', ''];
  };
  for (const { kind, text } of stretches) {
    if (kind === 'gone') gone += text;
    else if (kind === 'new') added += text;
    else if (text !== '') {
      flush();
      const last = out.at(-1);
      if (last?.kind === 'same') out[out.length - 1] = { kind, text: last.text + text };
      else out.push({ kind, text });
    }
  }
  flush();
  return out;
}
