export { fetchKafka } from './fetch-kafka.js';
export { KafkaError } from './kafka-error.js';
export type { KafkaFailure } from './kafka-error.js';
export { startKafka } from './start-kafka.js';
export type { EmbeddedKafka, KafkaOptions } from './start-kafka.js';
export type { BrokerTls, BrokerUser, TokenIssuer } from './server-properties.js';
export type { KafkaExit } from './supervised-broker.js';
