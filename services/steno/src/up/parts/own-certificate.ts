import { readFileSync } from 'node:fs';
import type { OwnCertificate } from '@steno/capture';
import type { TlsFiles } from '../../config/config.js';
import { changingFiles } from './changing-files.js';
import type { Warn } from './changing-files.js';

/** What a listener shows, as the files say now. Throws where they cannot be read. */
export function ownCertificate(
  { cert, key }: TlsFiles,
  listener: 'gateway' | 'console',
  warn: Warn,
): () => OwnCertificate {
  return changingFiles({
    files: [cert, key],
    read: () => ({ cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }),
    otherwise: `the certificate of the ${listener} stays as it was`,
    warn,
  });
}
