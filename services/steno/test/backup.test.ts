import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { TOPICS } from '@steno/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, steno } from './command-line.js';
import { until } from './processes.js';
import { RunningUp } from './running-up.js';
import { VerifiedDirectory } from './verified-directory.js';

// What docs/backup.md says, done with a recording.

const GATEWAY = 'gateways: { postgres: { listen: 127.0.0.1:0 } }\n';

interface Summary {
  readonly verdict: string;
  readonly events: number;
  readonly rows: number;
  readonly contentPieces: number;
}

let original: VerifiedDirectory;

beforeAll(async () => {
  original = await VerifiedDirectory.make();
  await original.stopStore();
});
afterAll(() => original.remove());

/** A data directory with copies of these folders of the original, and a steno.yaml beside it. */
function restored(name: string, folders: readonly string[]): string {
  const place = join(original.path, name);
  mkdirSync(join(place, 'data'), { recursive: true, mode: 0o700 });
  for (const folder of folders) {
    const to = join(place, 'data', folder);
    cpSync(join(original.layout.root, folder), to, { recursive: true });
  }
  writeFileSync(join(place, 'steno.yaml'), 'data: ./data\n');
  return join(place, 'steno.yaml');
}

async function verified(config: string): Promise<Summary> {
  const ran = await steno(['verify', '--json', '--config', config]);
  expect(ran, ran.err).toMatchObject({ code: 0 });
  return lines(ran.out).at(-1) as Summary;
}

describe('a backup', () => {
  it('of the whole data directory is the whole record', async () => {
    const summary = await verified(restored('whole', ['keys', 'log', 'store']));
    expect(summary).toMatchObject({ verdict: 'whole', rows: summary.events });
    expect(summary.events).toBeGreaterThan(40);
  });

  it('of keys and log is enough: ClickHouse is rebuilt, row by row', async () => {
    const before = await verified(restored('before', ['keys', 'log', 'store']));
    const config = restored('rebuilt', ['keys', 'log']);
    const ran = await steno(['rebuild', '--json', '--config', config]);
    expect(ran, ran.err).toMatchObject({ code: 0 });
    const { events, rows, contentPieces } = before;
    expect(await verified(config)).toMatchObject({ events, rows, contentPieces });
  });

  it('of an older log is told apart from the store that it is behind', async () => {
    const config = restored('older', ['keys', 'store']);
    const log = new EmbeddedLog({ directory: original.layout.log, readOnly: true });
    const older = new EmbeddedLog({
      directory: join(original.path, 'older/data/log'),
      readOnly: false,
    });
    for (const topic of TOPICS) {
      const [first] = await log.read(topic, { partition: 0, offset: 0 }, 1);
      if (first === undefined) continue;
      const notes = { opened: [], closed: [] };
      await older.append(topic, {
        bytes: Buffer.from(first.bytes),
        records: 1,
        streams: ['x'],
        ends: [first.bytes.length],
        notes,
      });
    }
    await log.close();
    await older.close();
    writeFileSync(config, 'data: ./data\nweb: { listen: 127.0.0.1:0 }\n' + GATEWAY);
    const up = await RunningUp.start({ folder: join(original.path, 'older') });
    await until('it says so', () => up.err.includes('"code":"STENO-1029"'));
    expect(up.err).toMatch(/up to offset \d+, where the log ends at 1/);
    expect(up.err).toContain('steno rebuild');
    expect(await up.stop()).toEqual({ code: 0, signal: null });
  });

  it('of the log without its keys says which are missing', async () => {
    const ran = await steno(['verify', '--config', restored('keyless', ['log'])]);
    expect(ran.code).toBe(3);
    expect(ran.err).toContain('STENO-10');
  });
});
