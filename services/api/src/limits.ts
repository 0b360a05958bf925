const MINUTE_MS = 60_000;

/** Every limit of the api in one place. */
export const LIMITS = {
  /** Of a request's JSON. */
  bodyBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  connections: 1_024,
  /** How long a stop waits for requests that are under way. */
  drainMs: 10_000,

  /** Requests of one source that carry no valid sign-in, per minute. */
  unauthenticatedPerMinute: 600,
  signInAttemptsPerMinute: 10,
  /** Steps of sign-ins by an OpenID provider: nothing in them can be guessed. */
  providerStepsPerMinute: 60,
  /** Sources whose requests are counted; beyond, the oldest count is forgotten. */
  sources: 10_000,

  signInCodeMs: 15 * MINUTE_MS,
  signInCodes: 16,
  personIdleMs: 60 * MINUTE_MS,
  personTotalMs: 12 * 60 * MINUTE_MS,
  people: 1_000,

  /** From the way to the OpenID provider to the way back. */
  providerAttemptMs: 10 * MINUTE_MS,
  /** How long the sign-in page tells why it did not work. */
  providerFailureMs: 2 * MINUTE_MS,
  /** Of one answer of the provider. */
  providerAnswerMs: 5_000,
  providerAnswerBytes: 256 * 1024,
  /** After which what the provider says of itself is read again. */
  providerMetadataMs: 60 * MINUTE_MS,
  /** Sign-ins at the provider at a time, and how many more may wait. */
  providerAtOnce: 8,
  providerWaiting: 64,
  returnPathCharacters: 1_024,
  /** Groups of a person that are kept, and shown where none is mapped. */
  personGroups: 200,
  personGroupsShown: 10,
  /** Of the reason that the browser keeps: a cookie holds 4 KiB. */
  providerFailureCharacters: 800,
  personNameCharacters: 128,
  /** Tokens that a person may have of their own. */
  ownTokens: 20,
  tokenLabelCharacters: 64,

  /** The same person doing the same thing again within this time is one access event. */
  accessRepeatMs: MINUTE_MS,
  accessRepeats: 10_000,

  /** Chains recomputed at a time, and how many more may wait. */
  chainChecks: 2,
  chainChecksWaiting: 32,

  /** Sessions that are written out at a time, and how many more may wait. */
  exports: 4,
  exportsWaiting: 32,

  /** Announcements of approvals that wait to be sent; beyond, the oldest is given up. */
  announcements: 1_000,
  announcementsAtOnce: 4,
  /** That were made, by which doubles are known. */
  announced: 10_000,
  webhookAnswerMs: 10_000,
  /** After each failure of a delivery; then it is given up. */
  webhookRetriesMs: [2_000, 10_000, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS],
  /** How long the text of a command is waited for, which ClickHouse may not have yet. */
  announcedTextMs: 5_000,
  slackTextCharacters: 2_000,
  linkCharacters: 128,

  reasonCharacters: 500,
  sealedCredentials: 1_000,
  filterValues: 50,
  filterCharacters: 256,

  /** That people say something of; a pattern is one. */
  identities: 10_000,
  /** Of bots; those that are told of after their end are among them. */
  apiKeys: 10_000,

  /** Of policies that are tried: what is longer no capture can record, and so none goes by it. */
  dryRunPolicyBytes: 56 * 1024,
  /** Of the request that brings them: in JSON a line break takes two bytes. */
  dryRunBodyBytes: 256 * 1024,
  dryRunFiles: 50,
  dryRunUsualMs: 7 * 24 * 60 * MINUTE_MS,
  /** Dry runs at a time, one of each person, and how many more may wait. */
  dryRuns: 2,
  dryRunsWaiting: 8,

  sockets: 128,
  socketsPerActor: 16,
  /** Of a message from a player. */
  socketMessageBytes: 4 * 1024,
  /** Frames that wait for a slow player; beyond, reading from the store waits. */
  socketBufferedBytes: 1024 * 1024,
  pingMs: 30_000,
  followPollMs: 250,
} as const;

/** What a replay loads at most; the sizes are of content as it was recorded. */
export const REPLAY_LIMITS = {
  cols: 120,
  rows: 36,
  /** Output before a moment that its screen is made of, the last response always. */
  screenBytes: 2 * 1024 * 1024,
  screenEvents: 20_000,
  eventsPerRead: 200,
  /** Content of the events that are rendered together. */
  contentBytes: 8 * 1024 * 1024,
  /** Of the output of one response. */
  outputBytes: 8 * 1024 * 1024,
  /** Responses looked at, going back, for the beginning or end of a transaction. */
  transactionCandidates: 1_000,
} as const;
