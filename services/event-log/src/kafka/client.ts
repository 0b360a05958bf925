import { logLevel } from 'kafkajs';
import type { KafkaConfig, Mechanism, RetryOptions, SASLOptions } from 'kafkajs';
import { KAFKA_LIMITS } from './options.js';
import type { KafkaOptions, KafkaSasl } from './options.js';
import './request-queue.js';
import { tokenAuthenticator } from './token-authenticator.js';

/** What kafkajs is told of a broker, for all that talks to it. */
export function clientConfig(options: KafkaOptions): KafkaConfig & { retry: RetryOptions } {
  const { brokers, tls, sasl } = options;
  return {
    clientId: 'steno',
    brokers: [...brokers],
    connectionTimeout: KAFKA_LIMITS.connectMs,
    authenticationTimeout: KAFKA_LIMITS.requestMs,
    requestTimeout: KAFKA_LIMITS.requestMs,
    reauthenticationThreshold: KAFKA_LIMITS.renewMs,
    retry: {
      retries: KAFKA_LIMITS.retries,
      initialRetryTime: KAFKA_LIMITS.retryFirstMs,
      maxRetryTime: KAFKA_LIMITS.retryMaxMs,
    },
    ...(tls === undefined ? {} : { ssl: defined(tls) }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
    // What failed is thrown, and said by whoever cannot go on.
    logLevel: logLevel.NOTHING,
  };
}

/** kafkajs takes an option that is there for one that is set. */
function defined(tls: NonNullable<KafkaOptions['tls']>) {
  const { ca, cert, key } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function saslOptions(sasl: KafkaSasl): SASLOptions | Mechanism {
  if (sasl.mechanism === 'oauthbearer') {
    const { mechanism, token } = sasl;
    return { mechanism, authenticationProvider: tokenAuthenticator(token) };
  }
  const byPassword: SASLOptions = sasl;
  return byPassword;
}
