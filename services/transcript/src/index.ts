export { decodeBinds } from './binds.js';
export { describeError } from './error-fields.js';
export type { ErrorDescription } from './error-fields.js';
export { transcriptLimits } from './limits.js';
export { tailScreen } from './tail-screen.js';
export type { ScreenSize } from './tail-screen.js';
export { Transcript } from './transcript.js';
export type { TranscriptChunk, TranscriptEvent, TranscriptOptions } from './transcript.js';
