export type PostgresErrorCode =
  | 'postgres.platform-unsupported'
  | 'postgres.no-unprivileged-user'
  | 'postgres.binaries-unreachable'
  | 'postgres.directory-unusable'
  | 'postgres.directory-in-use'
  | 'postgres.port-in-use'
  | 'postgres.start-failed'
  | 'postgres.start-timed-out';

/** Why the embedded Postgres could not be started; `message` says what to do. */
export class PostgresError extends Error {
  readonly code: PostgresErrorCode;

  constructor(code: PostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PostgresError';
    this.code = code;
  }
}
