export { makeTokenVerifier } from './authentication/token-verifier.js';
export type { TokenVerifier, TokenVerifierSettings } from './authentication/token-verifier.js';
export type {
  DevelopmentIssuerSettings,
  IssuerSettings,
  KeySource,
} from './authentication/settings.js';
export { credentialFor } from './options.js';
export type {
  CaptureLimits,
  Credential,
  Durability,
  Authorities,
  ClientTrust,
  OwnCertificate,
  GatewayOptions,
  Lease,
  LeaseHold,
  OutputCapture,
  SealedBook,
  RegistrationMode,
  SessionRules,
  Target,
} from './options.js';
export { ControlFollower } from './control-follower.js';
export type { ControlListeners, ControlState, KnownInstance } from './control-state.js';
export { catalogOfTexts, readCatalogTexts } from './protocols/postgres/catalog-reader.js';
export type { CatalogTexts } from './protocols/postgres/catalog-reader.js';
export { closeLostSessions } from './recovery.js';
export type { CommandTracer, TracedCommand } from './session/command-trace.js';
export { uuidv7 } from './session/uuidv7.js';
export { startCapture } from './start-capture.js';
export type { CaptureFigures, CaptureOptions, RunningCapture } from './start-capture.js';
