import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clientTrust } from './client-trust.js';

let folder: string;
let nowMs: number;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-trust-'));
  nowMs = 0;
  warnings = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);

function trust(crl: string | undefined) {
  const config = { ca: at('ca.pem'), crl, identity: '${subject.CN}', groups: 'subject.OU' };
  const options = clientTrust(
    config,
    (message) => warnings.push(message),
    () => nowMs,
  );
  return () => {
    nowMs += 1_000;
    return options.authorities();
  };
}

it('says the same until a file changes', () => {
  writeFileSync(at('ca.pem'), 'one');
  writeFileSync(at('crl.pem'), 'none');
  const authorities = trust(at('crl.pem'));
  const first = authorities();
  expect(first).toEqual({ ca: 'one', crl: 'none' });
  expect(authorities()).toBe(first);
  writeFileSync(at('crl.pem.new'), 'some');
  renameSync(at('crl.pem.new'), at('crl.pem'));
  const second = authorities();
  expect(second).toEqual({ ca: 'one', crl: 'some' });
  expect(authorities()).toBe(second);
  writeFileSync(at('ca.pem'), 'another');
  expect(authorities()).toEqual({ ca: 'another', crl: 'some' });
  expect(warnings).toEqual([]);
});

it('goes by what it read where a file is gone, and says so', () => {
  writeFileSync(at('ca.pem'), 'one');
  writeFileSync(at('crl.pem'), 'none');
  const authorities = trust(at('crl.pem'));
  const first = authorities();
  rmSync(at('crl.pem'));
  expect(authorities()).toBe(first);
  expect(warnings).toEqual(['the authorities of clients stay as they were']);
});

it('does not begin without them', () => {
  expect(() => trust(undefined)).toThrow('ENOENT');
});
