export { BatchWriter, CONTENT_PART_BYTES } from './batch.js';
export type { BatchNotes, ContentBeside, EncodedBatch, PartOfContent } from './batch.js';
export { chainBreak, emptyHead, genesisHash, leafHash } from './chain.js';
export type { ChainBreak, StreamHead } from './chain.js';
export { systemClock } from './clock.js';
export type { Clock } from './clock.js';
export { EventStream, RAW_BYTES_MAX, generatedFacts } from './event-stream.js';
export type { AppendedEvent, ContentNote, Origin } from './event-stream.js';
export {
  commandSubmitted,
  encodeColumns,
  encodeStatements,
  responseCompleted,
} from './hot-facts.js';
export type {
  ColumnFacts,
  CompletedFacts,
  EncodedStatements,
  Facts,
  ObjectFacts,
  RecordedStatement,
  ResponseStatus,
  Counted,
  SubmittedFacts,
} from './hot-facts.js';
export { InvariantViolation, assert } from './invariant.js';
export { ProtoWriter } from './proto-writer.js';
export { SessionKey } from './session-key.js';
export type { ContentKind, RunningCommitment } from './session-key.js';
export { ResponseDigest } from './response-digest.js';
export type { DigestResult } from './response-digest.js';
export {
  NOTHING_CAME,
  decideClose,
  evolveSession,
  initialSession,
  sessionClosed,
} from './session.js';
export type { Ending, SessionState, SessionTotals } from './session.js';
export { readBatch } from './batch-reader.js';
export type { MalformedBatch, StoredPart, StoredRecord } from './batch-reader.js';
export { countViews, sessionIdOf, sessionStream, toEventView } from './event-view.js';
export type { ContentReaders, ViewedEvent } from './event-view.js';
export { laneMarks } from './lane-marks.js';
export type { LaneMark } from './lane-marks.js';
export { parseRfc3339, toRfc3339 } from './rfc3339.js';
export {
  certifyInstance,
  installationOf,
  newBootKey,
  newSigningKey,
  publicKeyFromPem,
  verifyAttestation,
  verifySignature,
} from './attestation.js';
export type { Attested, BootKey, InstanceCredential, InstanceRole } from './attestation.js';
export { Approvals, LINK_USED, counted, whyVoid } from './approvals.js';
export type { Approval, ApprovalAnswer, ApprovalState } from './approvals.js';
export {
  ApiKeys,
  FINGERPRINT_BYTES,
  KEY_ISSUER,
  KEY_LIFETIME_MAX_NS,
  keyState,
} from './api-keys.js';
export type { ApiKey } from './api-keys.js';
export { KEY_PREFIX, isKeyText, newKeyText } from './key-text.js';
export { SpentTokens } from './spent-tokens.js';
export { PersonalTokens } from './personal-tokens.js';
export type { PersonalToken } from './personal-tokens.js';
export { SealedCredentials } from './sealed-credentials.js';
export type { SealedCredential } from './sealed-credentials.js';
export { USER_ROLES, Users, providedActor } from './users.js';
export type { User, UserRole } from './users.js';
export { IDENTITY_STATES, Identities, concerns, stateOf, whyVoidStep } from './identities.js';
export type {
  IdentityState,
  IdentityStep,
  KnownIdentity,
  LifecycleEntry,
  NamedIdentity,
  Standing,
} from './identities.js';
export { policyDigest } from './policy-digest.js';
export { PolicyVersions } from './policy-versions.js';
export type { PoliciesOfCapture, PolicyVersion } from './policy-versions.js';
export { recordedClaims } from './recorded-claims.js';
