import { EMBEDDED_STORE_CODES } from './errors.js';

export type EmbeddedStoreFailure = keyof typeof EMBEDDED_STORE_CODES;

/** Why the embedded ClickHouse could not be started; `message` says what to do. */
export class EmbeddedStoreError extends Error {
  override readonly name = 'EmbeddedStoreError';
  /** STENO-6001 to STENO-6005. */
  readonly code: string;

  constructor(
    readonly reason: EmbeddedStoreFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = EMBEDDED_STORE_CODES[reason];
  }
}
