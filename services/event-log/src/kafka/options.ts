/** How Kafka is reached; certificates and keys are PEM. */
export interface KafkaOptions {
  /** host:port */
  readonly brokers: readonly string[];
  /** Begins the names of all topics, before a dot. */
  readonly topicPrefix: string;
  /** Of the data topic, when it is made. */
  readonly partitions: number;
  /** Of topics that are made; -1: the broker's default. */
  readonly replicationFactor: number;
  readonly tls:
    | {
        readonly ca: string | undefined;
        readonly cert: string | undefined;
        readonly key: string | undefined;
      }
    | undefined;
  readonly sasl: KafkaSasl | undefined;
  /** Told what is tried again. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'oauthbearer';
      /** The token as it is now; asked for at each connection, and before its session ends. */
      readonly token: () => Promise<string>;
    };

/** Bounds of talking to a broker; docs/durability.md quotes what follows from them. */
export const KAFKA_LIMITS = {
  connectMs: 3_000,
  /** A broker that does not answer within this time is taken to be away. */
  requestMs: 10_000,
  /**
   * Before its end a session is renewed with the token as it then is. A token that would open a
   * shorter one is of no use: brokers refuse to renew a session twice in a second.
   */
  renewMs: 3_000,
  /** Tries of one request before its caller is told. */
  retries: 3,
  retryFirstMs: 100,
  retryMaxMs: 1_000,
  /** How long a broker holds a request for what comes next. */
  pollMs: 500,
  /** Of one record: kafkajs and brokers hold a record whole. */
  recordBytesMax: 16 * 1024 * 1024,
  /** Records of one request to one partition: what brokers take unless told otherwise. */
  requestBytesMax: 900 * 1024,
  /** Events of one session that wait are packed into one record up to this. */
  packBytesMax: 512 * 1024,
} as const;
