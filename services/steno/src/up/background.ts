import { readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Behind capture, which people wait for. */
const NICENESS = 19;

/**
 * Makes a process yield to those that people wait for. On Linux each thread has a priority of its
 * own and passes it on to those that it starts; and the processor is shared first among sessions,
 * by niceness only within one, so the session of the process must yield as well (sched(7)).
 */
export function putInBackground(pid: number): void {
  const ids = process.platform === 'linux' ? threadsOf(pid) : [pid];
  for (const id of ids) {
    try {
      setPriority(id, NICENESS);
    } catch {
      // It has ended meanwhile; if all of it has, its exit says so.
    }
  }
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(NICENESS));
  } catch {
    // Another system, or a kernel without autogroups: niceness alone must do.
  }
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}
