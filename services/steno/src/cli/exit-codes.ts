/** What the command's exit status means; the same for every verb. */
export const EXIT = {
  done: 0,
  refused: 1,
  gaps: 2,
  failed: 3,
  notRunning: 4,
  usage: 64,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `Exit codes:
  0   done; nothing wrong was found
  1   refused, or something is wrong (verify: changed; doctor: a check failed)
  2   gaps: events are missing (verify, gaps)
  3   it could not be done or found out
  4   a running \`steno up\` is needed
  64  the command line or the configuration is not understood`;
