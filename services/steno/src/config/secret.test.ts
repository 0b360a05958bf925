import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveSecret } from './secret.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-secret-'));
  writeFileSync(join(folder, 'password'), 's3cret \n');
  writeFileSync(join(folder, 'empty'), '\n');
  writeFileSync(join(folder, 'long'), 'x'.repeat(64 * 1024 + 1));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('resolveSecret', () => {
  it('reads the environment', () => {
    expect(resolveSecret('env:PASSWORD', folder, { PASSWORD: 's3cret\n' })).toBe('s3cret\n');
  });

  it('reads a file beside the configuration, less the line end', () => {
    expect(resolveSecret('file:password', folder)).toBe('s3cret ');
    expect(resolveSecret(`file:${join(folder, 'password')}`, '/')).toBe('s3cret ');
  });

  it.each([
    ['env:NOT_SET', 'It is NOT_SET.'],
    ['env:EMPTY', 'It is EMPTY.'],
    ['file:none', 'ENOENT'],
    ['file:empty', 'is empty'],
    ['file:long', 'too long'],
    ['file:.', 'EISDIR'],
  ])('says what is wrong with %s', (reference, message) => {
    expect(() => resolveSecret(reference, folder, { EMPTY: '' })).toThrow(message);
  });

  it('does not repeat a secret that is no reference', () => {
    expect(() => resolveSecret('hunter2', folder)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
