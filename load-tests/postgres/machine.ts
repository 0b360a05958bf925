import { execFile } from 'node:child_process';
import {
  closeSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './report.js';

const SYNCS = 50;
const BLOCK = Buffer.alloc(4096);

/** By the magic numbers of statfs(2). */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x2fc12fc1: 'zfs',
  0x794c7630: 'overlayfs',
  0x01021994: 'tmpfs',
};

/** What was measured on, as lines of text. `directory` is where the data lay. */
export async function describeMachine(directory: string): Promise<string> {
  const { length: cores, 0: first } = cpus();
  const [load = 0] = loadavg();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const fileSystem = FILE_SYSTEMS[statfsSync(directory).type] ?? 'another file system';
  const pgbench = (await promisify(execFile)('pgbench', ['--version'])).stdout.trim();
  return [
    `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${release()} ${process.arch}`,
    `${cores} cores (${first?.model.trim() ?? 'unknown'}), ${memory} GiB, load ${load.toFixed(2)}`,
    `data on ${fileSystem}; fdatasync of 4 KiB: ${fdatasyncMs(directory).toFixed(2)} ms (median)`,
    `Node ${process.versions.node}; ${pgbench}; Postgres 18`,
  ].join('\n');
}

interface ProcessorTime {
  readonly total: number;
  /** Kept from this virtual machine while it wanted it. */
  readonly stolen: number;
}

const FIRST_LINE = /^cpu +([\d ]+)$/m;
/** Of the columns of /proc/stat (proc_stat(5)); those after it are counted in the first two. */
const STEAL = 7;

/** What share of the processors' time a hypervisor kept to itself meanwhile, from 0 to 1. */
export async function watchStolenTime<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly stolen: number }> {
  const before = processorTime();
  const result = await work();
  const after = processorTime();
  const total = after.total - before.total;
  return { result, stolen: total > 0 ? (after.stolen - before.stolen) / total : 0 };
}

/** Zero where the system does not say. */
function processorTime(): ProcessorTime {
  if (process.platform !== 'linux') return { total: 0, stolen: 0 };
  const [, line = ''] = FIRST_LINE.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  const columns = line
    .split(' ')
    .slice(0, STEAL + 1)
    .map(Number);
  return { total: columns.reduce((sum, each) => sum + each, 0), stolen: columns[STEAL] ?? 0 };
}

function fdatasyncMs(directory: string): number {
  const file = join(directory, 'fdatasync');
  const descriptor = openSync(file, 'w');
  try {
    const times = Array.from({ length: SYNCS }, () => {
      writeSync(descriptor, BLOCK);
      const before = performance.now();
      fdatasyncSync(descriptor);
      return performance.now() - before;
    });
    return median(times);
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}
