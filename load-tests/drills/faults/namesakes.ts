import type { Drill } from '../drill.js';
import { Part } from '../part.js';
import { untilAnswered } from '../progress.js';

const NAME_TAKEN = 'STENO-1031';
const REFUSED = 3;

const sameDirectory: Drill = {
  name: 'same-name',
  does: 'a second capture of the same name on the same data directory',
  allows: 'it is refused with STENO-1031, the first goes on',
  run: async ({ site, clients }) => {
    const [first] = site.captures;
    if (first === undefined) throw new Error('there is no capture');
    const second = new Part(first.plan);
    second.spawn();
    try {
      await untilAnswered(clients, 'meanwhile');
      const code = await second.ended;
      if (code !== REFUSED || !second.stderr.includes(NAME_TAKEN)) {
        throw new Error(`it was not refused with ${NAME_TAKEN}, but ended with ${code}`);
      }
    } finally {
      await second.kill();
    }
    await untilAnswered(clients, 'afterwards');
  },
};

const otherDirectory: Drill = {
  name: 'same-name-elsewhere',
  does: 'a second capture of the same name on a data directory of its own',
  allows: 'nothing: each has its own spool and its own streams',
  run: async (stage) => {
    const { site, clients } = stage;
    const [first] = site.captures;
    if (first === undefined) throw new Error('there is no capture');
    const config = await site.writeConfig('elsewhere.yaml', { data: 'data-elsewhere' });
    const second = await Part.start({ ...first.plan, config });
    await untilAnswered(clients, 'meanwhile');
    await second.stop();
    await untilAnswered(clients, 'afterwards');
  },
};

export const NAMESAKES: readonly Drill[] = [sameDirectory, otherDirectory];
