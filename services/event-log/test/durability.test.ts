import { eventLogDurability } from './durability.js';
import { openLog, openReader } from './open-embedded.js';

eventLogDurability('embedded', {
  module: new URL('open-embedded.ts', import.meta.url),
  openLog,
  openReader,
  isSpooled: false,
});
