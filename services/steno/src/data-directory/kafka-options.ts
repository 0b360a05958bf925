import { readFileSync } from 'node:fs';
import type { KafkaOptions, KafkaSasl } from '@steno/event-log/kafka';
import { CliError } from '../cli/errors.js';
import type { Config, KafkaConfig } from '../config/config.js';
import { resolveSecret } from '../config/secret.js';

/**
 * How Kafka is reached, with the secrets and certificates that the configuration refers to.
 *
 * @throws CliError that names a reference that cannot be used
 */
export function kafkaOptions(
  { baseDirectory }: Pick<Config, 'baseDirectory'>,
  kafka: KafkaConfig,
  warn: KafkaOptions['warn'],
): KafkaOptions {
  const { brokers, topicPrefix, partitions, replicationFactor, tls } = kafka;
  return {
    brokers,
    topicPrefix,
    partitions,
    replicationFactor,
    tls: tls === undefined ? undefined : pemOf(tls),
    sasl: kafka.sasl === undefined ? undefined : saslOf(kafka.sasl, baseDirectory),
    warn,
  };
}

export function pemOf({ ca, certificate }: NonNullable<KafkaConfig['tls']>) {
  const read = (path: string | undefined): string | undefined => {
    try {
      return path === undefined ? undefined : readFileSync(path, 'utf8');
    } catch (error) {
      throw new CliError('file-unreadable', error instanceof Error ? error.message : '');
    }
  };
  return { ca: read(ca), cert: read(certificate?.cert), key: read(certificate?.key) };
}

function saslOf(sasl: NonNullable<KafkaConfig['sasl']>, baseDirectory: string): KafkaSasl {
  if (sasl.mechanism === 'oauthbearer') {
    const { mechanism, token } = sasl;
    // Read anew at each connection: what issues such tokens replaces them in time.
    return { mechanism, token: () => Promise.resolve(resolveSecret(token, baseDirectory)) };
  }
  const { mechanism, username, password } = sasl;
  return { mechanism, username, password: resolveSecret(password, baseDirectory) };
}
