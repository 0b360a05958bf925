/** A stretch of two texts: in both, in the earlier one alone, or in the later one alone. */
export interface Stretch {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

const words = /\s+|[\p{L}\p{N}_]+|[^\s]/gu;

/** Of texts that differ in more words, the middle is told as replaced. */
const mostEdits = 400;

/** What was changed from one text to another, word by word. */
export function difference(earlier: string, later: string): readonly Stretch[] {
  const [before, after] = [earlier.match(words) ?? [], later.match(words) ?? []];
  const start = commonStart(before, after);
  const end = commonEnd(before.slice(start), after.slice(start));
  const [from, to] = [
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  ];
  return joined([
    { kind: 'same', text: before.slice(0, start).join('') },
    ...(shortestEdit(from, to) ?? [
      { kind: 'gone', text: from.join('') },
      { kind: 'new', text: to.join('') },
    ]),
    { kind: 'same', text: before.slice(before.length - end).join('') },
  ]);
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

function commonStart(before: readonly string[], after: readonly string[]): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && before[count] === after[count]) count += 1;
  return count;
}

const commonEnd = (before: readonly string[], after: readonly string[]): number =>
  commonStart(before.toReversed(), after.toReversed());

/** The algorithm of Myers: for 0, 1, 2, … edits, how far one comes on each diagonal. */
function shortestEdit(before: readonly string[], after: readonly string[]): Stretch[] | undefined {
  const most = Math.min(before.length + after.length, mostEdits);
  const reached = new Map([[1, 0]]);
  const reachedBy: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    reachedBy.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const came = cameFrom(reached, diagonal, edits);
      let x = (reached.get(came) ?? 0) + (came < diagonal ? 1 : 0);
      while (x < before.length && x - diagonal < after.length) {
        if (before[x] !== after[x - diagonal]) break;
        x += 1;
      }
      reached.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) {
        return wayBack(before, after, reachedBy);
      }
    }
  }
  return undefined;
}

/** The diagonal that one comes from by one edit: the one that leads further. */
function cameFrom(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const [below, above] = [reached.get(diagonal - 1) ?? 0, reached.get(diagonal + 1) ?? 0];
  const isFromAbove = diagonal === -edits || (diagonal !== edits && below < above);
  return isFromAbove ? diagonal + 1 : diagonal - 1;
}

function wayBack(
  before: readonly string[],
  after: readonly string[],
  reachedBy: readonly ReadonlyMap<number, number>[],
): Stretch[] {
  const found: Stretch[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = reachedBy.length - 1; edits >= 0; edits -= 1) {
    const reached = reachedBy[edits] ?? new Map<number, number>();
    const came = cameFrom(reached, x - y, edits);
    const fromX = edits === 0 ? 0 : (reached.get(came) ?? 0);
    const fromY = edits === 0 ? 0 : fromX - came;
    while (x > fromX && y > fromY) {
      found.push({ kind: 'same', text: before[x - 1] ?? '' });
      [x, y] = [x - 1, y - 1];
    }
    if (y > fromY) found.push({ kind: 'new', text: after[y - 1] ?? '' });
    if (x > fromX) found.push({ kind: 'gone', text: before[x - 1] ?? '' });
    [x, y] = [fromX, fromY];
  }
  return found.reverse();
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
