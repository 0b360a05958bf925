export { PostgresError } from './postgres-error.js';
export type { PostgresFailure } from './postgres-error.js';
export { startPostgres } from './start-postgres.js';
export type { EmbeddedPostgres, PostgresExit, PostgresOptions } from './start-postgres.js';
export type { AuthMethod, ServerTls } from './cluster.js';
