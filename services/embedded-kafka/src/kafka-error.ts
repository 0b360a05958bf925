import { EMBEDDED_KAFKA_CODES } from './errors.js';

export type KafkaFailure = keyof typeof EMBEDDED_KAFKA_CODES;

/** Why the embedded Kafka could not be started; `message` says what to do. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  /** STENO-6021 to STENO-6026. */
  readonly code: string;

  constructor(
    readonly reason: KafkaFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = EMBEDDED_KAFKA_CODES[reason];
  }
}

export function toolMissing(command: 'java' | 'mvn', cause?: unknown): KafkaError {
  return new KafkaError(
    'tools-missing',
    `The embedded Kafka needs Java 17 or newer and Maven, and \`${command}\` is not there or too ` +
      'old. On Debian: apt-get install default-jre-headless maven.',
    { cause },
  );
}

export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
