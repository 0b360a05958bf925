import { logLevel } from 'kafkajs';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { KAFKA_LIMITS } from './options.js';
import type { KafkaOptions, KafkaSasl } from './options.js';

/** What kafkajs is told of a broker, for all that talks to it. */
export function clientConfig(options: KafkaOptions): KafkaConfig {
  const { brokers, tls, sasl } = options;
  return {
    clientId: 'steno',
    brokers: [...brokers],
    connectionTimeout: KAFKA_LIMITS.connectMs,
    authenticationTimeout: KAFKA_LIMITS.requestMs,
    requestTimeout: KAFKA_LIMITS.requestMs,
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

function saslOptions(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return sasl;
  const { token, mechanism } = sasl;
  return { mechanism, oauthBearerProvider: async () => ({ value: await token() }) };
}
