export { COMMITTER_LIMITS, Committer } from './committer.js';
export type { Committed, CommitterLimits } from './committer.js';
export { LogConflict, LogUnavailable } from './port.js';
export type { EventLog, LogCheckpoint, LogEntry, UnfinishedStream } from './port.js';
