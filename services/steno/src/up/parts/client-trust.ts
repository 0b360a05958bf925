import { readFileSync } from 'node:fs';
import type { Authorities, ClientTrust } from '@steno/capture';
import type { ClientTrustConfig } from '../../config/config.js';
import { changingFiles } from './changing-files.js';
import type { Warn } from './changing-files.js';

/** Whose certificates are believed, as the files say now. Throws where they cannot be read. */
export function clientTrust(
  { ca, crl, identity, groups }: ClientTrustConfig,
  warn: Warn,
  now?: () => number,
): ClientTrust {
  const authorities = changingFiles({
    files: crl === undefined ? [ca] : [ca, crl],
    read: () => read(ca, crl),
    otherwise: 'the authorities of clients stay as they were',
    warn,
    ...(now === undefined ? {} : { now }),
  });
  return { identity, groups, authorities };
}

function read(ca: string, crl: string | undefined): Authorities {
  return {
    ca: readFileSync(ca, 'utf8'),
    crl: crl === undefined ? undefined : readFileSync(crl, 'utf8'),
  };
}
