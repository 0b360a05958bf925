export { EmbeddedLog } from './embedded-log.js';
export type { EmbeddedLogOptions } from './embedded-log.js';
export { LogSocketServer } from './log-socket.js';
export { SharedEmbeddedLog, serveEmbeddedLog } from './shared-log.js';
