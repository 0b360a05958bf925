export { COMMITTER_LIMITS, Committer } from './committer.js';
export type { Committed, CommitterLimits } from './committer.js';
export { BootStream, Instance } from './instance.js';
export type { InstanceOptions } from './instance.js';
export { LogConflict, LogDamaged, LogUnavailable } from './port.js';
export type {
  EventLog,
  LogCheckpoint,
  LogEntry,
  PartitionConsumer,
  UnfinishedStream,
} from './port.js';
