import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogUnavailable } from '../port.js';
import type { BacklogState } from './backlog.js';
import { Spool } from './spool.js';

const BYTES_MAX = 10_000;
const NOTHING = { opened: [], closed: [] };

let directory: string;
let spool: Spool;
let states: BacklogState[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-spool-'));
  states = [];
  const limits = { bytesMax: BYTES_MAX, ageMsMax: 3_600_000 };
  spool = await Spool.open(directory, limits, ({ state }) => states.push(state));
});

afterEach(async () => {
  await spool.close();
  await rm(directory, { recursive: true });
});

const append = (bytes: number): Promise<void> =>
  spool.append([{ topic: 'data', stream: 's', bytes: Buffer.alloc(bytes, 'x') }], NOTHING);

it('takes nothing more where it is full, and again once enough of it was shipped', async () => {
  await append(BYTES_MAX);
  await expect(append(1)).rejects.toThrow(LogUnavailable);
  await spool.shipped(spool.end);
  await append(1);
  expect(states).toEqual(['critical', 'ok']);
});

it('takes last words though it is full', async () => {
  await append(BYTES_MAX);
  const before = spool.backlog.bytes;
  spool.takeLastWords();
  await append(100);
  expect(spool.backlog.bytes).toBeGreaterThan(before + 100);
});

it('begins a segment again that it could not begin', async () => {
  // No file of this process may grow.
  limitFiles('0');
  try {
    await expect(append(1)).rejects.toThrow(LogUnavailable);
  } finally {
    limitFiles('unlimited');
  }
  await append(1);
  expect(spool.backlog.bytes).toBeGreaterThan(0);
});

function limitFiles(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}
