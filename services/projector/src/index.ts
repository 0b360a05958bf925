export { holdProjector, serveHolds } from './hold-socket.js';
export type { Hold } from './hold-socket.js';
export { rebuild } from './rebuild.js';
export type { RebuildCounts, RebuildOptions } from './rebuild.js';
export { replayDeadLetters } from './replay-dead-letters.js';
export type { Replayed, ReplayedBatch } from './replay-dead-letters.js';
export { startProjector } from './start-projector.js';
export type { ProjectorOptions, RunningProjector } from './start-projector.js';
export { StoreAhead } from './topic-projection.js';
