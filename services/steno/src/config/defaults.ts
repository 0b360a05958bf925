import type { Quantity } from './quantity.js';

/** Every default of steno.yaml. */
export const DEFAULTS = {
  data: './data',
  kafka: { topicPrefix: 'steno', partitions: 3, replicationFactor: -1, insecure: false },
  store: { username: 'default', database: 'steno', insecure: false },
  admin: { listen: '127.0.0.1:9464' },
  web: { listen: '127.0.0.1:8080', insecure: false },
  gateways: {
    postgres: {
      listen: '127.0.0.1:15432',
      insecure: false,
      proxyProtocol: false,
      clientIdentity: 'cert:${subject.CN}',
      clientGroups: 'subject.OU',
    },
  },
  target: { durability: 'strict', output: 'all', tlsOnLoopback: 'disable', tls: 'verify-full' },
  vault: { kv: 'secret', database: 'database', appRole: 'approle', kubernetes: 'kubernetes' },
  webhook: { format: 'steno', includeText: false },
  issuer: {
    identity: '${sub}',
    groups: 'groups',
    oneTime: false,
    algorithms: [
      'RS256',
      'RS384',
      'RS512',
      'PS256',
      'PS384',
      'PS512',
      'ES256',
      'ES384',
      'ES512',
      'EdDSA',
    ],
  },
  registration: 'observe',
  sessions: { endWithToken: false },
  people: { scopes: ['openid', 'profile', 'email'], groups: 'groups', name: '${email}' },
  tracing: { sampleRatio: 0.01, insecure: false },
} as const;

/** `limits`: what bounds connections, messages and recordings. */
export const LIMITS = {
  authDeadline: {
    kind: 'duration',
    fallback: '10s',
    min: '100ms',
    max: '5m',
    about: 'A client must have proved who it is within this time.',
  },
  preAuthPerSource: {
    kind: 'count',
    fallback: 128,
    min: 1,
    max: 100_000,
    about: 'Connections of one source address that have not proved who they are yet.',
  },
  sessions: {
    kind: 'count',
    fallback: 10_000,
    min: 1,
    max: 1_000_000,
    about: 'Sessions at the same time; further ones are refused.',
  },
  message: {
    kind: 'size',
    fallback: '1GiB',
    min: '64KiB',
    max: '1GiB',
    about: 'The longest message of a protocol; a longer one is malformed.',
  },
  command: {
    kind: 'size',
    fallback: '64MiB',
    min: '64KiB',
    max: '1GiB',
    about: 'Longer commands are not seen whole: their head is recorded.',
  },
  preparedStatements: {
    kind: 'count',
    fallback: 10_000,
    min: 16,
    max: 1_000_000,
    about: 'Prepared statements that a session may keep.',
  },
  pipelinedCommands: {
    kind: 'count',
    fallback: 10_000,
    min: 16,
    max: 1_000_000,
    about: 'Commands of a session that wait for their responses.',
  },
  waitingPerIdentity: {
    kind: 'count',
    fallback: 20,
    min: 1,
    max: 10_000,
    about: 'Commands of one identity that may wait for approvals.',
  },
  connectTimeout: {
    kind: 'duration',
    fallback: '10s',
    min: '100ms',
    max: '5m',
    about: 'A target must answer and accept the credential within this time.',
  },
  inputPerCommand: {
    kind: 'size',
    fallback: '64MiB',
    min: 0,
    max: '1TiB',
    about: 'Input of one command (COPY) that is kept; the rest is digested.',
  },
  maskedMessage: {
    kind: 'size',
    fallback: '16MiB',
    min: '64KiB',
    max: '256MiB',
    about: 'Where policies mask, the longest row; a session ends at a longer one.',
  },
  outputPerResponse: {
    kind: 'size',
    fallback: '64MiB',
    min: 0,
    max: '1TiB',
    about: 'Output of one response that is kept; the rest is digested.',
  },
  outputPerSession: {
    kind: 'size',
    fallback: '1GiB',
    min: 0,
    max: '1TiB',
    about: 'Output of one session that is kept; the rest is digested.',
  },
  fastWindow: {
    kind: 'duration',
    fallback: '50ms',
    min: '1ms',
    max: '5s',
    about: 'With `durability: fast`, how long an event may wait to be written.',
  },
  fastPending: {
    kind: 'size',
    fallback: '16MiB',
    min: '64KiB',
    max: '256MiB',
    about: 'With `durability: fast`, how much may wait to be written.',
  },
  spool: {
    kind: 'size',
    fallback: '8GiB',
    min: '1MiB',
    max: '16TiB',
    about: 'With Kafka, what a capture keeps on its own disk while Kafka is away.',
  },
  spoolAge: {
    kind: 'duration',
    fallback: '24h',
    min: '1s',
    max: '365d',
    about: 'With Kafka, how long something may wait on the disk of a capture.',
  },
} as const satisfies Record<string, Quantity>;

/** `control`: how old what is known of it may be. */
export const CONTROL_TIMES = {
  maxStaleness: {
    kind: 'duration',
    fallback: '15m',
    min: '1s',
    max: '7d',
    about: 'With Kafka away, sessions open for this long by what is known.',
  },
} as const satisfies Record<string, Quantity>;

/** `sessions`: how long they may last. */
export const SESSION_TIMES = {
  idleTimeout: {
    kind: 'duration',
    fallback: '8h',
    min: '1s',
    max: '365d',
    zeroIsNone: true,
    about: 'A session without any command for this long is ended.',
  },
  totalTimeout: {
    kind: 'duration',
    fallback: '24h',
    min: '1s',
    max: '365d',
    zeroIsNone: true,
    about: 'A session that has lasted this long is ended.',
  },
  drain: {
    kind: 'duration',
    fallback: '30s',
    min: '0',
    max: '1h',
    about: 'When Steno stops, running sessions have this long to end by themselves.',
  },
} as const satisfies Record<string, Quantity>;

/** `issuers`: how old what they issued may be. */
export const ISSUER_TIMES = {
  maxAge: {
    kind: 'duration',
    fallback: '24h',
    min: '1s',
    max: '365d',
    zeroIsNone: true,
    about: 'A token that was issued longer ago (`iat`) opens no session.',
  },
} as const satisfies Record<string, Quantity>;

/** `people`: how long they may stay. */
export const PEOPLE_TIMES = {
  session: {
    kind: 'duration',
    fallback: '8h',
    min: '5m',
    max: '24h',
    about: 'After this long people sign in again, with the groups that they have then.',
  },
} as const satisfies Record<string, Quantity>;

/** `retention`: how long ClickHouse keeps what it holds. */
export const RETENTION = {
  events: {
    kind: 'days',
    fallback: '0',
    min: '1d',
    max: '36500d',
    zeroIsNone: true,
    about: 'Events, which hold no content.',
  },
  content: {
    kind: 'days',
    fallback: '90d',
    min: '1d',
    max: '36500d',
    zeroIsNone: true,
    about: 'Command text, bind values, input and output.',
  },
} as const satisfies Record<string, Quantity>;
