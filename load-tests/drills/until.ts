import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 250;

/** Waits until something is so. Throws with the words when it is not so in time. */
export async function until<T>(
  words: string,
  look: () => T | Promise<T>,
  deadlineMs = 60_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) {
      return seen as NonNullable<Exclude<T, false>>;
    }
    if (Date.now() > deadline) throw new Error(`in vain until ${words}`);
    await delay(POLL_MS);
  }
}
