import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PostgresError } from './postgres-error.js';

/** Postgres refuses to run as root. As root we run it as one of these, the first that exists. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];
const ROOT_UID = 0;
const OTHERS_MAY_TRAVERSE = 0o001;
const OTHERS_MAY_READ = 0o004;

/** Whom the server runs as, when that is not ourselves. Spreads into the options of spawn. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined: as ourselves. A data directory that exists decides by its owner. */
export async function serverUser(dataDirectory: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== ROOT_UID) return undefined;
  const owner = await statIfThere(dataDirectory);
  if (owner !== undefined && owner.uid !== ROOT_UID) return { uid: owner.uid, gid: owner.gid };
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((l) => l.split(':'));
  for (const name of UNPRIVILEGED_USERS) {
    const [, , uid, gid] = accounts.find((account) => account[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) !== ROOT_UID) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  throw new PostgresError(
    'no-unprivileged-user',
    'Postgres does not run as root, and there is no user ' +
      `${UNPRIVILEGED_USERS.map((name) => `\`${name}\``).join(' or ')} in /etc/passwd ` +
      'to run it as. Run this as a user other than root, or add one of them.',
  );
}

/** Whether a stranger to the file and its folders can read it. */
export async function isReadableByOthers(path: string): Promise<boolean> {
  const stats = await statIfThere(path);
  if (stats === undefined || (stats.mode & OTHERS_MAY_READ) === 0) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & OTHERS_MAY_TRAVERSE) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

export async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
