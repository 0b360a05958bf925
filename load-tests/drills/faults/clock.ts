import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Drill } from '../drill.js';
import { Part } from '../part.js';
import { SHIFTED_CLOCK } from '../places.js';
import { untilAnswered } from '../progress.js';

const MINUTE_MS = 60_000;
/** Further than a token may be in the future; less than one lives. */
const JUMPS_MS = [60 * MINUTE_MS, -90 * MINUTE_MS, 0];
/** The preload looks at its file more often. */
const SEEN_MS = 500;

export const clock: Drill = {
  name: 'clock-jumps',
  does: 'the wall clock of a capture goes ahead by 1 h and back by 2.5 h, with a kill -9 in each',
  allows: 'fast: the windows of the kills',
  run: async (stage) => {
    const { site } = stage;
    const file = join(site.directory, 'clock');
    const jump = (ms: number): void => writeFileSync(file, String(ms));
    jump(0);
    const plan = site.plan('capture', 'cap-clock', site.config);
    const env = { ...plan.env, DRILL_CLOCK_FILE: file, NODE_OPTIONS: `--import=${SHIFTED_CLOCK}` };
    const capture = await Part.start({ ...plan, env });
    const crowd = stage.hire(capture);
    for (const ms of JUMPS_MS) {
      await untilAnswered([crowd], 'before a jump');
      jump(ms);
      await delay(SEEN_MS);
      await untilAnswered([crowd], 'after a jump');
      stage.kills.push(await capture.kill());
      await capture.start();
    }
    await untilAnswered([crowd], 'afterwards');
    await crowd.stop();
    await capture.stop();
  },
};
