import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchInto } from '../src/fetch-kafka.js';

let parent: string;
let folder: string;
const pathBefore = process.env['PATH'];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'steno-kafka-jars-'));
  folder = join(parent, 'kafka');
});

afterEach(async () => {
  process.env['PATH'] = pathBefore;
  await rm(parent, { recursive: true });
});

describe('fetching Kafka', () => {
  it('is done once for all who ask, and by the next where the first died', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    await symlink(String(dead), `${folder}.lock`);
    expect(await Promise.all([fetchInto(folder), fetchInto(folder)])).toEqual([folder, folder]);
    expect(await readdir(folder)).toContain('kafka_2.13-4.1.0.jar');
    expect(await readdir(parent)).toEqual(['kafka']);
  });

  it('says what to install', async () => {
    process.env['PATH'] = parent;
    await expect(fetchInto(folder)).rejects.toMatchObject({
      code: 'STENO-6021',
      reason: 'tools-missing',
      message: expect.stringContaining('apt-get install default-jre-headless maven'),
    });
    expect(await readdir(parent)).toEqual([]);
  });
});
