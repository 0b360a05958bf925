import { createInterface } from 'node:readline';
import { CliError } from '../../cli/errors.js';
import { isListenError } from '../../processes/listen-error.js';
import { logLine, reasonOf } from '../log-lines.js';
import type { ChildOrder, ChildReport, ChildStart, ChildWork, Part } from '../messages.js';

function report(message: ChildReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/**
 * Runs one child of `up`: starts it from the first line of its input, stops it when told to, and
 * ends at once when the input closes, which is how the supervisor's death reaches it.
 */
export function runChild(name: string, start: Part): void {
  let work: Promise<ChildWork> | undefined;
  process.on('SIGINT', () => undefined); // the supervisor hears signals
  process.on('SIGTERM', () => undefined);
  process.stdout.on('error', () => process.exit(1)); // nobody is there to report to
  process.stderr.on('error', () => process.exit(1));
  const fail = (error: unknown): void => {
    const failed = failureOf(error);
    // What was foreseen the supervisor says.
    if (failed.error === undefined) {
      logLine(name, 'error', failed.message, error instanceof Error ? { stack: error.stack } : {});
    }
    report(failed);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (work === undefined) {
      work = start(JSON.parse(line) as ChildStart, report);
      work.then(({ ready, failed }) => {
        report({ report: 'ready', ...ready });
        failed?.catch(fail);
      }, fail);
      return;
    }
    obey(work, JSON.parse(line) as ChildOrder).catch(fail);
  });
  lines.once('close', () => process.exit(1));
}

function failureOf(error: unknown): Extract<ChildReport, { report: 'failed' }> {
  const failed = { report: 'failed' as const, message: reasonOf(error) };
  if (error instanceof CliError) {
    const { catalogued, detail } = error;
    return { ...failed, error: { catalogued, detail } };
  }
  if (!isListenError(error)) return failed;
  return { ...failed, error: { catalogued: 'address-taken', detail: error.message } };
}

async function obey(work: Promise<ChildWork>, order: ChildOrder): Promise<void> {
  const running = await work;
  switch (order.order) {
    case 'stop':
      await running.stop();
      process.exit(0);
      break;
    case 'drain':
      await running.drain?.();
      report({ report: 'drained' });
      break;
    default:
      running.on?.(order);
  }
}
