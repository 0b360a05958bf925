import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '../../config/config.js';
import { fail, ok, warn } from './check.js';
import type { Check, Patient } from './check.js';

const DAY_MS = 86_400_000;
/** Whatever renews it should have done so by then. */
const SOON_DAYS = 14;

/** What the listeners show; one that runs keeps what it has where the file is wrong. */
export async function checkCertificates({ config }: Patient, now = Date.now()): Promise<Check[]> {
  const { web, gateways } = config;
  const shown: readonly (readonly [string, TlsFiles | undefined])[] = [
    ['web.tls', web.tls],
    ['gateways.postgres.tls', gateways.postgres.tls],
  ];
  const checks = shown.map(([key, tls]) => (tls === undefined ? [] : [checkPair(key, tls, now)]));
  return Promise.all(checks.flat());
}

async function checkPair(name: string, files: TlsFiles, now: number): Promise<Check> {
  try {
    const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)]);
    createSecureContext({ cert, key });
    return checkTimes(name, new X509Certificate(cert), now);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'Put a certificate and its own key there; they are read within a second.';
    return fail('certificate', `${name}: ${reason}`, advice);
  }
}

function checkTimes(name: string, { validTo }: X509Certificate, now: number): Check {
  const days = (Date.parse(validTo) - now) / DAY_MS;
  const message = `${name}: good until ${validTo}`;
  const advice = 'Renew it; it is read again when its file changes.';
  if (days < 0) return fail('certificate', message, advice);
  if (days < SOON_DAYS) return warn('certificate', message, advice);
  return ok('certificate', message);
}
