export const LOG_LEVELS = ['info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogDetails = Readonly<Record<string, unknown>>;

/** One line of a process's log. */
export interface LogLine {
  /** RFC 3339. */
  readonly time: string;
  readonly level: LogLevel;
  /** The process that says it. */
  readonly component: string;
  readonly message: string;
  readonly details: LogDetails;
}

/**
 * The log of a child process, which its supervisor reads: a JSON object a line on standard error.
 */
export function logLine(
  component: string,
  level: LogLevel,
  message: string,
  details: LogDetails = {},
): void {
  const time = new Date().toISOString();
  process.stderr.write(`${formatLogLine({ time, level, component, message, details })}\n`);
}

export function formatLogLine({ details, ...line }: LogLine): string {
  return JSON.stringify({ ...line, ...details });
}

/** Undefined for what is no line of `formatLogLine`. */
export function parseLogLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const { time, level: named, component, message, ...details } = value;
    const level = LOG_LEVELS.find((known) => known === named);
    if (typeof time !== 'string' || typeof component !== 'string') return undefined;
    if (typeof message !== 'string' || level === undefined) return undefined;
    return { time, level, component, message, details };
  } catch {
    return undefined;
  }
}

/** What can be said of an error in one line, without its stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
