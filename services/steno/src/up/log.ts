import type { Colour, Output } from '../cli/output.js';
import { visible } from '../cli/visible.js';
import { formatLogLine, parseLogLine } from './log-lines.js';
import type { LogDetails, LogLevel, LogLine } from './log-lines.js';

/** Where `up` and its children say what happens. */
export interface Log {
  say(level: LogLevel, message: string, details?: LogDetails): void;
  /** Takes a line that a child wrote; one that is not of its log is passed on as a warning. */
  relay(component: string, text: string): void;
}

const COLOURS: Readonly<Record<LogLevel, Colour>> = { info: 'dim', warn: 'yellow', error: 'red' };
/** Of an error that nobody foresaw. */
const STACK_LINES_MAX = 12;
const INDENT = ' '.repeat(15);

/** @param json JSON lines of everything for programs, else what people should look at */
export function makeLog(err: Output, json: boolean): Log {
  const write = (line: LogLine): void => {
    if (!json && line.level === 'info') return;
    const text = json ? formatLogLine(line) : forPeople(line, err);
    // Whoever read the log has gone; the work goes on.
    err.line(text).catch(() => undefined);
  };
  const now = (): string => new Date().toISOString();
  return {
    say: (level, message, details = {}) => {
      write({ time: now(), level, component: 'up', message, details });
    },
    relay: (component, text) => {
      const foreign: LogLine = {
        time: now(),
        level: 'warn',
        component,
        message: text,
        details: {},
      };
      write(parseLogLine(text) ?? foreign);
    },
  };
}

function forPeople({ time, level, component, message, details }: LogLine, err: Output): string {
  const { hint, stack, ...others } = details;
  const facts = Object.entries(others)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${show(value)}`);
  const said = visible(`${component}: ${message}`);
  const lines = [
    `${err.paint('dim', time.slice(11, 19))} ${err.paint(COLOURS[level], level.padEnd(5))} ` +
      said +
      (facts.length === 0 ? '' : err.paint('dim', ` (${facts.join(', ')})`)),
  ];
  if (typeof hint === 'string') lines.push(INDENT + err.paint('dim', visible(hint)));
  if (typeof stack === 'string') {
    const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
    for (const frame of frames.slice(0, STACK_LINES_MAX)) {
      lines.push(INDENT + err.paint('dim', visible(frame.trim())));
    }
  }
  return lines.join('\n');
}

function show(value: unknown): string {
  return visible(typeof value === 'string' ? value : JSON.stringify(value));
}
