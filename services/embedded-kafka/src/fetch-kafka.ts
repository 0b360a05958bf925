import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './java.js';
import { hasErrorCode, KafkaError } from './kafka-error.js';

const POM = fileURLToPath(new URL('../broker/pom.xml', import.meta.url));
const JARS = fileURLToPath(new URL('../../../.cache/kafka-4.1.0', import.meta.url));
const POLL_MS = 250;

/**
 * The folder of Kafka's jars, fetched with Maven once for this repository: 46 files, 43 MB.
 * Throws KafkaError, `tools-missing` or `fetch-failed`.
 */
export function fetchKafka(): Promise<string> {
  return fetchInto(JARS);
}

/** Many processes may ask at once: one fetches, the others wait for it. */
export async function fetchInto(folder: string): Promise<string> {
  await fs.mkdir(dirname(folder), { recursive: true });
  const lock = `${folder}.lock`;
  while (!(await isThere(folder))) {
    if (!(await takeLock(lock))) {
      await delay(POLL_MS);
      continue;
    }
    try {
      if (!(await isThere(folder))) await fetchWhole(folder);
    } finally {
      await fs.rm(lock, { force: true });
    }
  }
  return folder;
}

/** Under its name the folder is complete, or not there at all. */
async function fetchWhole(folder: string): Promise<void> {
  const fresh = await fs.mkdtemp(`${folder}-`);
  try {
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${fresh}`];
    const { code, output } = await runToEnd('mvn', ['-B', '-q', '-f', POM, ...copy], process.env);
    if (code !== 0) {
      throw new KafkaError(
        'fetch-failed',
        `Maven could not fetch Kafka (exit ${code}). It last said: ${output}`,
      );
    }
    await fs.rename(fresh, folder);
  } finally {
    await fs.rm(fresh, { recursive: true, force: true });
  }
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
