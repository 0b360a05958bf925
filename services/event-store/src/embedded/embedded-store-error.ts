export type EmbeddedStoreErrorCode =
  | 'store.platform-unsupported'
  | 'store.directory-in-use'
  | 'store.port-in-use'
  | 'store.start-failed'
  | 'store.start-timed-out';

/** Why the embedded ClickHouse could not be started; `message` says what to do. */
export class EmbeddedStoreError extends Error {
  readonly code: EmbeddedStoreErrorCode;

  constructor(code: EmbeddedStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedStoreError';
    this.code = code;
  }
}
