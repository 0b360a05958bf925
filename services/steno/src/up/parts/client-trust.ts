import { readFileSync, statSync } from 'node:fs';
import type { Authorities, ClientTrust } from '@steno/capture';
import type { ClientTrustConfig } from '../../config/config.js';

/** Files are looked at this often at most. */
const LOOK_MS = 1_000;

export type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** Whose certificates are believed, as the files say now. Throws where they cannot be read. */
export function clientTrust(
  { ca, crl, identity, groups }: ClientTrustConfig,
  warn: Warn,
  now: () => number = () => performance.now(),
): ClientTrust {
  const files = crl === undefined ? [ca] : [ca, crl];
  let stamp = stampOf(files);
  let current = read(ca, crl);
  let lookedAt = now();
  return {
    identity,
    groups,
    authorities: () => {
      if (now() - lookedAt < LOOK_MS) return current;
      lookedAt = now();
      try {
        const found = stampOf(files);
        if (found === stamp) return current;
        current = read(ca, crl);
        stamp = found;
      } catch (error) {
        warn('the authorities of clients stay as they were', { reason: String(error) });
      }
      return current;
    },
  };
}

function read(ca: string, crl: string | undefined): Authorities {
  return {
    ca: readFileSync(ca, 'utf8'),
    crl: crl === undefined ? undefined : readFileSync(crl, 'utf8'),
  };
}

/** Another one where a file was written or put in the place of another. */
function stampOf(files: readonly string[]): string {
  const stats = files.map((file) => statSync(file, { bigint: true }));
  return stats.map(({ ino, size, mtimeNs }) => `${ino}/${size}/${mtimeNs}`).join();
}
