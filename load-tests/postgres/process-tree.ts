import { readdir, readFile } from 'node:fs/promises';

// Linux only: what /proc says of a process and of those below it.

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** User and system time that it has used. */
  readonly cpuSeconds: number;
}

/** Resident memory in bytes; `file` is mapped files, which the kernel takes back when it must. */
export interface Memory {
  readonly resident: number;
  readonly file: number;
}

/** The kernel's unit of time here; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The process and all its descendants. */
export async function processTree(root: number): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(pids.map(processInfo))).filter((each) => each !== undefined);
  const tree = all.filter(({ pid }) => pid === root);
  for (const parent of tree) tree.push(...all.filter((each) => each.parent === parent.pid));
  return tree;
}

/** Throws when the process is gone. */
export async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
  return { resident: bytes('VmRSS'), file: bytes('RssFile') };
}

/** Undefined when it has ended meanwhile. */
async function processInfo(pid: string): Promise<ProcessInfo | undefined> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The second field is the name in parentheses, which may hold spaces: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      command: command.replaceAll('\0', ' ').trim(),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && isGone(error.code)) return undefined;
    throw error;
  }
}

const isGone = (code: unknown) => code === 'ENOENT' || code === 'ESRCH';
