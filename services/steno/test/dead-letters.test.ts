import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadOrCreateInstallationKeys } from '../src/data-directory/installation-keys.js';
import { dataLayout, makeFolders } from '../src/data-directory/layout.js';
import { lines, makeFolder, steno } from './command-line.js';

const folder = makeFolder();
const config = join(folder.path, 'steno.yaml');
const UNREADABLE = Buffer.from('this is no batch');

const verb = (...args: readonly string[]) =>
  steno(['dead-letters', ...args, '--config', config, '--json']);

beforeAll(async () => {
  writeFileSync(config, 'data: ./data\n');
  const layout = dataLayout({ data: join(folder.path, 'data') });
  makeFolders(layout);
  loadOrCreateInstallationKeys(layout);
  const log = new EmbeddedLog({ directory: layout.log, readOnly: false });
  const notes = { opened: [], closed: [] };
  await log.append('control', { bytes: UNREADABLE, records: 1, streams: [], ends: [], notes });
  await log.close();
  expect((await steno(['rebuild', '--config', config])).code).toBe(0);
});
afterAll(() => folder.remove());

describe('dead letters', () => {
  it('are listed, and stay while this version cannot read them', async () => {
    const place = { topic: 'control', partition: 0, offset: 0 };
    const letter = { ...place, index: 0, size: UNREADABLE.length, near: null };
    const listed = await verb('list');
    expect(lines(listed.out)).toEqual([{ ...letter, reason: expect.stringMatching(/^batch: /) }]);
    const replayed = await verb('replay', '--all');
    expect(replayed.code).toBe(1);
    expect(lines(replayed.out)).toMatchObject([{ ...place, outcome: 'unreadable', left: 1 }]);
    const other = await verb('replay', '--topic', 'data', '--partition', '0', '--offset', '0');
    expect(other).toMatchObject({ code: 0, out: '' });
    const table = await steno(['dead-letters', 'list', '--config', config]);
    expect(table.out).toMatch(/^TOPIC .*\ncontrol .* 16 +batch: /);
  });

  it.each([
    [['shred']],
    [['replay']],
    [['replay', '--topic', 'data']],
    [['replay', '--all', '--offset', '1']],
    [['replay', '--topic', 'nonsense', '--partition', '0', '--offset', '0']],
    [['replay', '--topic', 'data', '--partition', '-1', '--offset', '0']],
  ])('are not guessed at: %j', async (args) => {
    expect((await verb(...args)).code).toBe(64);
  });
});
