import { EMBEDDED_POSTGRES_CODES } from './errors.js';

export type PostgresFailure = keyof typeof EMBEDDED_POSTGRES_CODES;

/** Why the embedded Postgres could not be started; `message` says what to do. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  /** STENO-6011 to STENO-6018. */
  readonly code: string;

  constructor(
    readonly reason: PostgresFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = EMBEDDED_POSTGRES_CODES[reason];
  }
}
