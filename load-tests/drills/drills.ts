import type { Drill } from './drill.js';
import { AWAY } from './faults/away.js';
import { clock } from './faults/clock.js';
import { KILLS } from './faults/kills.js';
import { mischief } from './faults/mischief.js';
import { NAMESAKES } from './faults/namesakes.js';
import { poison } from './faults/poison.js';
import { rebalance } from './faults/rebalance.js';
import { SPOOL } from './faults/spool.js';

/** In the order in which they are done; what leaves traces in the log comes last. */
export const DRILLS: readonly Drill[] = [
  ...KILLS,
  ...AWAY,
  mischief,
  ...SPOOL,
  rebalance,
  clock,
  ...NAMESAKES,
  poison,
];
