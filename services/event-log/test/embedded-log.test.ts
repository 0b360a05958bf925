import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { LogUnavailable } from '@steno/event-log';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestStream, textsOf } from './test-stream.js';

const FIRST = { partition: 0, offset: 0 };

let folder: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-embedded-'));
  directory = join(folder, 'log');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const writable = (): EmbeddedLog => new EmbeddedLog({ directory, readOnly: false });

describe('the embedded log', () => {
  it('is for its owner alone', async () => {
    await writable().close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('is finished by the next start where the first was killed', async () => {
    const begun = open({ path: directory });
    begun.openDB({ name: 'data', encoding: 'binary' });
    await begun.close();
    expect(() => new EmbeddedLog({ directory, readOnly: true })).toThrow(LogUnavailable);
    const log = writable();
    await log.append('control', new TestStream('control/a/b').batch('a'));
    expect(textsOf(await log.read('control', FIRST, 1))).toEqual(['a']);
    await log.close();
  });

  it('commits what was appended before it is closed, and nothing after', async () => {
    const stream = new TestStream('activity/a/b');
    const log = writable();
    const appended = ['a', 'b', 'c'].map((text) => log.append('data', stream.batch(text)));
    const closing = log.close();
    await expect(log.append('data', stream.batch('d'))).rejects.toThrow(LogUnavailable);
    await Promise.all([...appended, closing]);
    const again = writable();
    expect(textsOf(await again.read('data', FIRST, 64 * 1024))).toEqual(['a', 'b', 'c']);
    await again.close();
  });

  it('lets go of its consumers when it is closed under them', async () => {
    const log = writable();
    const following = log.subscribe(
      'data',
      new Map(),
      () => Promise.resolve(),
      new AbortController().signal,
    );
    const failed = expect(following).rejects.toThrow();
    await log.close();
    await failed;
    await expect(log.read('data', FIRST, 1)).rejects.toThrow();
  });

  it('is not made by a reader, and not read before it is made', async () => {
    const reader = (): EmbeddedLog => new EmbeddedLog({ directory, readOnly: true });
    expect(reader).toThrow(LogUnavailable);
    expect(existsSync(directory)).toBe(false);
    const log = writable();
    await log.append('data', new TestStream('activity/a/b').batch('a'));
    const one = reader();
    expect(textsOf(await one.read('data', FIRST, 1))).toEqual(['a']);
    await one.close();
    await log.close();
  });

  it('refuses appends before the disk is full, so that LMDB never finds it so', async () => {
    const stream = new TestStream('activity/a/b');
    const before = writable();
    await before.append('data', stream.batch('a'));
    await before.close();
    const full = new EmbeddedLog({ directory, readOnly: false, freeBytesMin: 2 ** 60 });
    const late = stream.batch('b');
    await expect(full.append('data', late)).rejects.toThrow(LogUnavailable);
    await expect(full.append('control', late)).rejects.toThrow(/disk .* is full/);
    expect(textsOf(await full.read('data', FIRST, 64 * 1024))).toEqual(['a']);
    await full.close();
    const again = writable();
    await again.append('data', late);
    expect(textsOf(await again.read('data', FIRST, 64 * 1024))).toEqual(['a', 'b']);
    await again.close();

    directory = join(folder, 'new');
    const none = (): EmbeddedLog =>
      new EmbeddedLog({ directory, readOnly: false, freeBytesMin: 2 ** 60 });
    expect(none).toThrow(LogUnavailable);
  });
});
