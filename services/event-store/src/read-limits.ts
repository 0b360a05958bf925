/** What bounds a read of the event store. */
export const READ_LIMITS = {
  /** Of one query in ClickHouse. */
  seconds: 30,
  /** Raw bytes of one page of events; a page has one event at least. */
  pageRawBytes: 16 * 1024 * 1024,
  /** Content of one page of events. */
  pageContentBytes: 16 * 1024 * 1024,
  /** Bytes of command text in a list of commands; a character has at most four. */
  textHeadBytes: 8_000,
  /** Names of identities and of targets to filter by, each. */
  facets: 1_000,
  /** Targets of one identity. */
  identityTargets: 100,
  /** Quarters of an hour in which it did something: those of more than 30 days. */
  identityQuarters: 3_000,
  /** Its last commands, and the sessions that these are looked for in. */
  identityCommands: 12,
  identityCommandSessions: 100,
  /** Its keys of which it is looked up when they were used. */
  identityProofs: 100,
  /** Stretches without events. */
  idleStretches: 1_000,
  /** Slices of a timeline within which one mark stands for all of its lane. */
  markSlices: 1_000,
  /** Words of a search. */
  words: 16,
  /** Commands looked at for those without a response. */
  pendingCommands: 1_000,
} as const;
