import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@steno/event-log';
import { TOPICS } from '@steno/proto';

const CATCH_UP_DEADLINE_MS = 10_000;
const CATCH_UP_POLL_MS = 20;

/**
 * What came last should be there when somebody looks; what is not is projected at the next start.
 */
export async function untilCaughtUp(
  log: EventLog,
  done: ReadonlyMap<string, number>,
): Promise<void> {
  const deadline = Date.now() + CATCH_UP_DEADLINE_MS;
  for (const topic of TOPICS) {
    for (const [partition, end] of await log.end(topic)) {
      // Of a shared topic, other partitions are other projectors'.
      if (!done.has(`${topic}/${partition}`)) continue;
      const isBehind = (): boolean => (done.get(`${topic}/${partition}`) ?? 0) < end;
      while (isBehind() && Date.now() < deadline) await delay(CATCH_UP_POLL_MS);
    }
  }
}
