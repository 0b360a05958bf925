export { authorize, decide } from './decide.js';
export type { Authorized, Command, CommandContext, Decision } from './decide.js';
