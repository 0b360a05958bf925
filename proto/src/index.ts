export { EVENT_TYPE, TOPICS } from './event-types.js';
export type { EventType, FactsCase, Topic } from './event-types.js';

export {
  AttestationSchema,
  ContentReferenceSchema,
  EnvelopeSchema,
  InstanceCertificateSchema,
} from './gen/steno/v1/envelope_pb.js';
export type {
  Attestation,
  ContentReference,
  Envelope,
  InstanceCertificate,
} from './gen/steno/v1/envelope_pb.js';
export {
  ColumnSchema,
  CommandDecidedSchema,
  CommandSubmittedSchema,
  DecisionSchema,
  GapSchema,
  InputCapturedSchema,
  LimitReachedSchema,
  OutputCapturedSchema,
  ResponseCompletedSchema,
  SessionClosedSchema,
  SessionOpenedSchema,
  StatementPreparedSchema,
  TerminalResizedSchema,
} from './gen/steno/v1/data_pb.js';
export type {
  Column,
  CommandDecided,
  CommandSubmitted,
  Decision,
  Gap,
  InputCaptured,
  LimitReached,
  OutputCaptured,
  ResponseCompleted,
  Run,
  SessionClosed,
  SessionOpened,
  StatementPrepared,
  TerminalResized,
} from './gen/steno/v1/data_pb.js';
export {
  ApprovalExpiredSchema,
  ApprovalGrantedSchema,
  ApprovalOverriddenSchema,
  ApprovalRefusedSchema,
  ApprovalRequestedSchema,
  ApprovalWithdrawnSchema,
  InstanceHeardSchema,
  InstanceLostSchema,
  InstanceSilentSchema,
  InstanceStartedSchema,
  InstanceStoppedSchema,
  PolicyLoadedSchema,
  TargetDeclaredSchema,
  TargetWithdrawnSchema,
  TerminationRequestedSchema,
  UserAddedSchema,
  UserRemovedSchema,
} from './gen/steno/v1/control_pb.js';
export type {
  ApprovalAsk,
  ApprovalExpired,
  ApprovalGranted,
  ApprovalOverridden,
  ApprovalRefused,
  ApprovalRequested,
  ApprovalWithdrawn,
  InstanceHeard,
  InstanceLost,
  InstanceSilent,
  InstanceStarted,
  InstanceStopped,
  PolicyLoaded,
  TargetDeclared,
  TargetWithdrawn,
  TerminationRequested,
  UserAdded,
  UserRemoved,
} from './gen/steno/v1/control_pb.js';
export {
  AccessRefusedSchema,
  AccessSignedInSchema,
  BacklogChangedSchema,
  AccessViewedSchema,
  LoginRefusedSchema,
  LoginsSuppressedSchema,
} from './gen/steno/v1/activity_pb.js';
export type {
  AccessRefused,
  AccessSignedIn,
  AccessViewed,
  LoginRefused,
  LoginsSuppressed,
} from './gen/steno/v1/activity_pb.js';
export { InstanceReportedSchema, StreamHeadSchema } from './gen/steno/v1/heartbeat_pb.js';
export type { InstanceReported, StreamHead } from './gen/steno/v1/heartbeat_pb.js';
export { BatchSchema, ContentPartSchema, RecordSchema } from './gen/steno/v1/record_pb.js';
export type { Batch, ContentPart, Record as LogRecord } from './gen/steno/v1/record_pb.js';
export {
  ChunkSchema,
  EndSchema,
  MarkSchema,
  ReplayFrameSchema,
  ReplayRequestSchema,
  ScreenSchema,
  SeekSchema,
} from './gen/steno/v1/replay_pb.js';
export type {
  Chunk,
  End,
  Mark,
  ReplayFrame,
  ReplayRequest,
  Screen,
  Seek,
} from './gen/steno/v1/replay_pb.js';
export type {
  ApprovalAnswerView,
  ApprovalDetailView,
  ApprovalState,
  ApprovalView,
  ChainView,
  CommandFacts,
  CommandView,
  ContentView,
  EventView,
  FacetsView,
  InstanceState,
  InstanceView,
  MeView,
  NewUserView,
  Page,
  PartitionView,
  PipelineView,
  ProblemView,
  ResponseFacts,
  SessionDetailView,
  SessionStatus,
  SessionView,
  StatusView,
  TimelineView,
  UserView,
} from './views.js';
