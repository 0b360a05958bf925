export { KafkaLog } from './kafka-log.js';
export { KAFKA_LIMITS } from './options.js';
export type { KafkaOptions, KafkaSasl } from './options.js';
