import { setTimeout as delay } from 'node:timers/promises';
import type { Drill } from '../drill.js';
import { Part } from '../part.js';
import { untilAnswered } from '../progress.js';
import { between } from '../random.js';

const WORK_MS = { least: 300, most: 3_000 };

export const rebalance: Drill = {
  name: 'rebalance-storm',
  does: 'a second projector comes and goes, by SIGTERM and by kill -9',
  allows: 'nothing',
  run: async ({ site, scale, random, clients }) => {
    // As on another machine: with a data directory of its own.
    const changes = { data: 'data-of-second', storeUrl: site.proxy.url };
    const config = await site.writeConfig('second-projector.yaml', changes);
    const second = new Part(site.plan('projector', 'proj-2', config));
    for (let turn = 0; turn < scale.rebalances; turn += 1) {
      await second.start();
      await delay(between(random, WORK_MS.least, WORK_MS.most));
      if (turn % 2 === 0) await second.stop();
      else await second.kill();
    }
    await untilAnswered(clients, 'meanwhile');
  },
};
