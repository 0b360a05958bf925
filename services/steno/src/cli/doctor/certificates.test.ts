import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestAuthority } from '@steno/capture/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Patient } from './check.js';
import { checkCertificates } from './certificates.js';

const DAY_MS = 86_400_000;
const authority = new TestAuthority('the authority');
const [own, other] = [authority.issue('a.test'), authority.issue('a.test')];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-certificates-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function patient(cert: string, key: string): Patient {
  const tls = { cert: join(folder, 'own.crt'), key: join(folder, 'own.key') };
  writeFileSync(tls.cert, cert);
  writeFileSync(tls.key, key);
  const config = { web: {}, gateways: { postgres: { tls } } };
  return { config: config as Patient['config'], environment: {} };
}

it.each([
  [0, 'ok'],
  [360, 'warn'],
  [366, 'fail'],
])('%i days after it was issued for a year it is told as %s', async (days, status) => {
  const checks = await checkCertificates(patient(own.cert, own.key), Date.now() + days * DAY_MS);
  const message = expect.stringContaining('gateways.postgres.tls: good until') as string;
  expect(checks).toMatchObject([{ check: 'certificate', status, message }]);
});

it.each([
  ['of another', own.cert, other.key],
  ['missing', own.cert, ''],
  ['beside no certificate', 'none', own.key],
])('it is wrong where the key is %s', async (_, cert, key) => {
  expect(await checkCertificates(patient(cert, key))).toMatchObject([{ status: 'fail' }]);
});
