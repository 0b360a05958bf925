import { setTimeout as delay } from 'node:timers/promises';
import type { Drill } from '../drill.js';
import { untilAnswered } from '../progress.js';
import { between } from '../random.js';
import type { Mischief } from '../store-proxy.js';
import { until } from '../until.js';

/** Some go through, so that a range is in some of the tables and not in others. */
const CHOICES: readonly Mischief[] = [
  'none',
  'none',
  'delay',
  'fail-after',
  'fail-before',
  'cut-after',
];
const FAILURES: readonly Mischief[] = ['fail-after', 'fail-before', 'cut-after'];

export const mischief: Drill = {
  name: 'clickhouse-fails',
  does: 'ClickHouse slow, and answering 500 before it takes an insert, and after it took it',
  allows: 'nothing',
  run: async ({ site, scale, random, clients }) => {
    const { proxy } = site;
    proxy.mischief = () => CHOICES[between(random, 0, CHOICES.length)] ?? 'none';
    try {
      await delay(scale.mischiefMs);
      await until('each mischief was done', () => FAILURES.every((each) => proxy.done[each] > 0));
    } finally {
      proxy.mischief = () => 'none';
    }
    await untilAnswered(clients, 'meanwhile');
  },
};
