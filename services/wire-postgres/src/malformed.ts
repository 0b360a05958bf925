export type MalformedReason =
  /** A length that cannot be: below the size of its own field, or wrong for its message. */
  | 'bad-length'
  /** More bytes, or more things, than the limit that `detail` names. */
  | 'over-limit'
  /** A message type that this side of the protocol does not have. */
  | 'unknown-type'
  /** The stream ended inside a message. */
  | 'truncated'
  /** A string that its message ends before its zero byte. */
  | 'missing-terminator'
  /** A length or a count that leads out of the message. */
  | 'beyond-body'
  /** Bytes after the last field of a message. */
  | 'trailing-bytes'
  /** A field with a value that the protocol does not know. */
  | 'bad-value'
  /** A legal message at a moment when the protocol rules it out. */
  | 'wrong-order'
  /** A protocol version of another major number. */
  | 'unsupported-version';

/**
 * The outcome for bytes that are not what the protocol says: a value, never an exception, because a
 * peer that sends garbage is expected. `detail` is for people and holds numbers and names of the
 * protocol only, never bytes of the message, so it can be logged.
 */
export class Malformed {
  readonly reason: MalformedReason;
  readonly detail: string;

  constructor(reason: MalformedReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/** Narrows the result of a decoder. */
export function isMalformed(value: unknown): value is Malformed {
  return value instanceof Malformed;
}
