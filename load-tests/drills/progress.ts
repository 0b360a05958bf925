import type { Clients } from './clients.js';
import { until } from './until.js';

const ANSWERS = 20;

/** Waits until clients are answered again, all together so often. */
export async function untilAnswered(clients: readonly Clients[], words: string): Promise<void> {
  const before = clients.map(({ acknowledged }) => acknowledged);
  await until(`clients are answered ${words}`, () =>
    clients.every((each, index) => each.acknowledged >= (before[index] ?? 0) + ANSWERS),
  );
}
