/** A piece of two texts: in both, in the earlier one alone, or in the later one alone. */
export interface Stretch {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/**
 * What leads from one list of pieces to another, piece by piece; where it takes more edits than
 * `mostEdits`, all in the middle is replaced.
 */
export function edits(
  before: readonly string[],
  after: readonly string[],
  mostEdits: number,
): readonly Stretch[] {
  const start = commonStart(before, after);
  const end = commonEnd(before.slice(start), after.slice(start));
  const [from, to] = [
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  ];
  return [
    ...all('same', before.slice(0, start)),
    ...(shortestEdit(from, to, mostEdits) ?? [...all('gone', from), ...all('new', to)]),
    ...all('same', before.slice(before.length - end)),
  ];
}

const all = (kind: Stretch['kind'], pieces: readonly string[]): Stretch[] =>
  pieces.map((text) => ({ kind, text }));

function commonStart(before: readonly string[], after: readonly string[]): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && before[count] === after[count]) count += 1;
  return count;
}

const commonEnd = (before: readonly string[], after: readonly string[]): number =>
  commonStart(before.toReversed(), after.toReversed());

/** The algorithm of Myers: for 0, 1, 2, … edits, how far one comes on each diagonal. */
function shortestEdit(
  before: readonly string[],
  after: readonly string[],
  mostEdits: number,
): Stretch[] | undefined {
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
