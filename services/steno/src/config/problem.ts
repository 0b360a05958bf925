/** What is wrong with steno.yaml, and where. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Like `targets[0].tls.mode`; empty: the file as a whole. */
  readonly key: string;
  readonly message: string;
  /** What may stand there, where that can be said. */
  readonly allowed?: string;
}

/** One line: `steno.yaml:3:5: web.listen: is not host:port; allowed: …`. */
export function formatProblem({
  file,
  line,
  column,
  key,
  message,
  allowed,
}: ConfigProblem): string {
  const where = `${file}:${line}:${column}: `;
  const what = key === '' ? message : `${key} ${message}`;
  return `${where}${what}${allowed === undefined ? '' : `; allowed: ${allowed}`}`;
}

/** Names and indexes from the root of the file to a value. */
export type KeyPath = readonly (string | number)[];

export function formatKey(path: KeyPath): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    return key === '' ? part : `${key}.${part}`;
  }, '');
}

/** The candidate that the word is most likely a misspelling of. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const farthest = Math.max(1, Math.floor(word.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= farthest)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Levenshtein, regardless of case; of long words the first 64 characters count. */
function editDistance(one: string, other: string): number {
  const a = one.toLowerCase().slice(0, 64);
  const b = other.toLowerCase().slice(0, 64);
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
