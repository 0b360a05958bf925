import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasErrorCode } from './kafka-error.js';

const POLL_MS = 250;

/**
 * A file or folder that `make` makes, whole or not at all. Many processes may ask at once: one
 * makes it, the others wait for it.
 */
export async function madeOnce(path: string, make: () => Promise<void>): Promise<string> {
  await fs.mkdir(dirname(path), { recursive: true });
  const lock = `${path}.lock`;
  while (!(await isThere(path))) {
    if (!(await takeLock(lock))) {
      await delay(POLL_MS);
      continue;
    }
    try {
      if (!(await isThere(path))) await make();
    } finally {
      await fs.rm(lock, { force: true });
    }
  }
  return path;
}

/** A link to the holder's process id: unlike a file, it appears together with what it says. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await fs.symlink(String(process.pid), lock);
    return true;
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
  const holder = await fs.readlink(lock).catch(() => undefined);
  if (holder !== undefined && !isAlive(Number(holder))) await fs.rm(lock, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasErrorCode(error, 'EPERM');
  }
}

async function isThere(path: string): Promise<boolean> {
  return fs.access(path).then(
    () => true,
    () => false,
  );
}
