import { setTimeout as delay } from 'node:timers/promises';
import type { Drill, Stage } from '../drill.js';
import { untilAnswered } from '../progress.js';
import { between } from '../random.js';

const MOMENT_MS = { least: 100, most: 2_500 };
/** As whatever starts it again would need. */
const DOWN_MS = { least: 50, most: 1_500 };

/** Kills at moments that nobody chose, as often as the scale says. */
async function killOften(stage: Stage, killAndStart: (downMs: number) => Promise<void>) {
  const { random, scale, clients } = stage;
  for (let kill = 0; kill < scale.kills; kill += 1) {
    await delay(between(random, MOMENT_MS.least, MOMENT_MS.most));
    await killAndStart(between(random, DOWN_MS.least, DOWN_MS.most));
    await untilAnswered(clients, 'after a kill');
  }
}

const killCapture: Drill = {
  name: 'kill-capture',
  does: 'kill -9 of a capture, by turns of both',
  allows: 'fast: what was acknowledged within the window before the kill',
  run: async (stage) => {
    const { captures } = stage.site;
    let turn = 0;
    await killOften(stage, async (downMs) => {
      const capture = captures[turn++ % captures.length];
      if (capture === undefined) return;
      stage.kills.push(await capture.kill());
      await delay(downMs);
      await capture.start();
    });
  },
};

const killProjector: Drill = {
  name: 'kill-projector',
  does: 'kill -9 of the projector',
  allows: 'nothing',
  run: (stage) =>
    killOften(stage, async (downMs) => {
      for (const projector of stage.site.projectors) {
        await projector.kill();
        await delay(downMs);
        await projector.start();
      }
    }),
};

const killApi: Drill = {
  name: 'kill-api',
  does: 'kill -9 of the api',
  allows: 'nothing',
  run: (stage) =>
    killOften(stage, async (downMs) => {
      for (const api of stage.site.apis) {
        await api.kill();
        await delay(downMs);
        await api.start();
      }
    }),
};

const killBroker: Drill = {
  name: 'kill-broker',
  does: 'kill -9 of Kafka',
  allows: 'nothing',
  run: (stage) =>
    killOften(stage, async (downMs) => {
      await stage.site.broker.kill();
      await delay(downMs);
      await stage.site.broker.startAgain();
    }),
};

const killStore: Drill = {
  name: 'kill-clickhouse',
  does: 'kill -9 of ClickHouse',
  allows: 'nothing',
  run: (stage) =>
    killOften(stage, async (downMs) => {
      await stage.site.store.kill();
      await delay(downMs);
      await stage.site.store.startAgain();
    }),
};

export const KILLS: readonly Drill[] = [killCapture, killProjector, killApi, killBroker, killStore];
