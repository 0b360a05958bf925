export type { Backlog, BacklogState, SpoolLimits } from './backlog.js';
export { SpooledLog } from './spooled-log.js';
export type { SpooledLogOptions } from './spooled-log.js';
