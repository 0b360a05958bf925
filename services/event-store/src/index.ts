export { eventColumns } from './insert/event-columns.js';
export type { EventColumns, FactColumns, OpenedColumns } from './insert/event-columns.js';
export { claimRange, completeRange, insertAgain, insertRange } from './insert/insert-range.js';
export type { LogRange } from './insert/log-range.js';
export { RangeRows } from './insert/range-rows.js';
export type { ContentOwner, ContentPiece, DeadLetter, PlacedColumns } from './insert/range-rows.js';
export {
  readContentParts,
  readEarlyParts,
  readEventHashes,
  readNoted,
  readStoredHeads,
} from './insert/resume.js';
export type {
  EarlyPart,
  EventPlace,
  StoredBefore,
  StoredHash,
  StoredHead,
} from './insert/resume.js';
export { createTables, dropTables, exchangeTables, listSuffixes, migrate } from './migrate.js';
export type { Retention } from './migrate.js';
export type { SchemaTarget } from './schema-target.js';
export { makeStoreClient } from './client.js';
export type { StoreOptions, StoreTls } from './client.js';
export { contentWanted, readContent } from './content-query.js';
export type { ContentBounds, ContentWanted, FoundContent } from './content-query.js';
export { readDeadLetters, removeDeadLetters } from './dead-letters.js';
export type { BatchPlace, DeadLetterRow } from './dead-letters.js';
export { EmbeddedStoreError } from './embedded/embedded-store-error.js';
export { startEmbeddedStore } from './embedded/embedded-store.js';
export type { EmbeddedStore, EmbeddedStoreOptions, StoreExit } from './embedded/embedded-store.js';
export {
  mayHaveMore,
  readCommands,
  readCommandsOf,
  readEvents,
  readEventsAt,
  readEventsBefore,
  readFailedResponse,
  readHead,
  readOutputPieces,
  readPendingCommands,
  readPositionAt,
  readResponses,
  readTransactionCandidates,
  streamEvents,
} from './events-query.js';
export type { EventRow, PositionRange } from './events-query.js';
export {
  readIdentities,
  readIdentity,
  readIdentityActivity,
  readIdentityCommands,
  readIdentityTargets,
  readOpenings,
  readProofUses,
} from './identities-query.js';
export type {
  IdentityCommand,
  IdentityTarget,
  QuarterActivity,
  SeenIdentity,
} from './identities-query.js';
export {
  readBootEvents,
  readDiskRoom,
  readInstanceEvents,
  readLastHeartbeats,
  readTroubles,
} from './pipeline-query.js';
export type { BootEvents, InstanceEvent, LastHeartbeat } from './pipeline-query.js';
export type { StoreReader } from './queries.js';
export { READ_LIMITS } from './read-limits.js';
export { searchWords } from './search-words.js';
export { FAILED_REASONS, sessionStatus } from './session-status.js';
export type { SessionTotals } from './session-status.js';
export {
  countGappedSessions,
  countOpenSessions,
  countSessionsSince,
  readFacets,
  readOpenBoots,
  readSession,
  readSessions,
} from './sessions-query.js';
export type { Claim, Facets, SessionCursor, SessionFilter, SessionRow } from './sessions-query.js';
export { readTimeline } from './timeline-query.js';
export { readControlEvents, readTopic } from './topic-query.js';
export type { LogPlace, PlacedEvent, StreamPlace, TopicRange } from './topic-query.js';
