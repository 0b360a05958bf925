import { statSync } from 'node:fs';

/** Files are looked at this often at most. */
const LOOK_MS = 500;

export type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;

interface Reading<T> {
  readonly files: readonly string[];
  readonly read: () => T;
  /** Said where they cannot be read any more; what was read before stays. */
  readonly otherwise: string;
  readonly warn: Warn;
  readonly now?: () => number;
}

/** What files say now: the same value until one changes. Throws where they are not there. */
export function changingFiles<T>(reading: Reading<T>): () => T {
  const { files, read, otherwise, warn, now = () => performance.now() } = reading;
  let stamp = stampOf(files);
  let current = read();
  let lookedAt = now();
  return () => {
    if (now() - lookedAt < LOOK_MS) return current;
    lookedAt = now();
    try {
      const found = stampOf(files);
      if (found === stamp) return current;
      current = read();
      stamp = found;
    } catch (error) {
      warn(otherwise, { reason: String(error) });
    }
    return current;
  };
}

/** Another one where a file was written or put in the place of another. */
function stampOf(files: readonly string[]): string {
  const stats = files.map((file) => statSync(file, { bigint: true }));
  return stats.map(({ ino, size, mtimeNs }) => `${ino}/${size}/${mtimeNs}`).join();
}
