export { readConfig } from './config/read-config.js';
export { formatProblem } from './config/problem.js';
export { resolveSecret } from './config/secret.js';
export type { Config, IssuerConfig, TargetConfig } from './config/config.js';
export type { ConfigProblem } from './config/problem.js';
export { loadOrCreateDevelopmentIssuer } from './issuer/development-issuer.js';
export type { DevelopmentIssuer, TokenRequest } from './issuer/development-issuer.js';
