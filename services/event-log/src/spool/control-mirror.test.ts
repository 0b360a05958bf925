import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LogEntry } from '../port.js';
import { ControlMirror } from './control-mirror.js';

let directory: string;
let warned: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-mirror-'));
  warned = [];
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () => ControlMirror.open(directory, (message) => warned.push(message));

const entry = (offset: number): LogEntry => ({
  topic: 'control',
  partition: 0,
  offset,
  bytes: Buffer.from(`batch ${offset}`),
});

/** A mirror of a log that had these when it was read. */
async function mirrorOf(...offsets: number[]): Promise<ControlMirror> {
  const mirror = await open();
  mirror.begin();
  mirror.take(offsets.map(entry));
  await mirror.complete();
  return mirror;
}

it('is read by the next run', async () => {
  const mirror = await mirrorOf(0, 1);
  await mirror.add([entry(1), entry(2)]);
  expect(await (await open()).read(1)).toMatchObject([{ offset: 1 }, { offset: 2 }]);
});

it('has never heard of a log that was never there', async () => {
  const mirror = await open();
  await mirror.hear(0);
  expect(mirror.heardAt).toBe(0);
  expect(await mirror.read(0)).toEqual([]);
});

it('keeps when the log was heard, not that it was never heard by this run', async () => {
  const first = await mirrorOf(0);
  const at = first.heardAt + 60_000;
  await first.hear(at);
  const mirror = await open();
  await mirror.hear(0);
  expect(Math.abs(mirror.heardAt - at)).toBeLessThan(10);
});

it('follows a clock that was set back', async () => {
  const mirror = await mirrorOf(0);
  const at = mirror.heardAt - 3_600_000;
  await mirror.hear(at);
  const { mtimeMs } = await stat(join(directory, 'control'));
  expect(Math.abs(mtimeMs - at)).toBeLessThan(10);
});

it('is given up where it cannot be written, and does not tell of a state with a hole', async () => {
  const mirror = await mirrorOf(0);
  await rm(directory, { recursive: true });
  await mirror.hear(mirror.heardAt + 60_000);
  await mirror.add([entry(1)]);
  await mirror.add([entry(2)]);
  expect(warned).toEqual(['control is not kept for a start without Kafka until the next start']);
  expect(mirror.heardAt).toBe(0);
  expect((await open()).heardAt).toBe(0);
});
