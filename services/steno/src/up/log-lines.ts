export type LogLevel = 'info' | 'warn' | 'error';

export type LogDetails = Readonly<Record<string, unknown>>;

/** The log of a process: one JSON object a line on standard error. */
export function logLine(
  component: string,
  level: LogLevel,
  message: string,
  details: LogDetails = {},
): void {
  const line = { time: new Date().toISOString(), level, component, message, ...details };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** What can be said of an error in one line, without its stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
