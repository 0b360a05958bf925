import { setTimeout as delay } from 'node:timers/promises';
import type { Drill, Stage } from '../drill.js';
import { untilAnswered } from '../progress.js';

/** Takes something away for a time, in which clients are answered all the same. */
async function away(
  { clients }: Stage,
  forMs: number,
  { take, give }: { take: () => Promise<void> | void; give: () => Promise<void> | void },
): Promise<void> {
  await untilAnswered(clients, 'before');
  await take();
  const back = delay(forMs);
  try {
    await untilAnswered(clients, 'meanwhile');
    await back;
  } finally {
    await give();
  }
  await untilAnswered(clients, 'afterwards');
}

const brokerAway: Drill = {
  name: 'broker-away',
  does: 'Kafka stopped, and started again',
  allows: 'nothing',
  run: (stage) => {
    const { broker } = stage.site;
    const take = () => broker.stop();
    return away(stage, stage.scale.awayMs, { take, give: () => broker.startAgain() });
  },
};

const brokerFrozen: Drill = {
  name: 'broker-frozen',
  does: 'Kafka stopped by SIGSTOP, and continued',
  allows: 'nothing',
  run: (stage) => {
    const { broker } = stage.site;
    const take = () => broker.freeze();
    return away(stage, stage.scale.frozenMs, { take, give: () => broker.thaw() });
  },
};

const storeAway: Drill = {
  name: 'clickhouse-away',
  does: 'ClickHouse stopped, and started again',
  allows: 'nothing',
  run: (stage) => {
    const { store } = stage.site;
    const take = () => store.stop();
    return away(stage, stage.scale.awayMs, { take, give: () => store.startAgain() });
  },
};

export const AWAY: readonly Drill[] = [brokerAway, brokerFrozen, storeAway];
