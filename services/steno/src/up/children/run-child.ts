import { createInterface } from 'node:readline';
import { logLine, reasonOf } from '../log-lines.js';
import type { ChildOrder, ChildReport, ChildStart } from '../messages.js';

/** A child's work, once it runs. */
export interface ChildWork {
  readonly ready: Omit<Extract<ChildReport, { report: 'ready' }>, 'report'>;
  /** What it hears of besides the order to stop. */
  readonly on?: (order: ChildOrder) => void;
  /** Rejects with what it cannot go on from. */
  readonly failed?: Promise<never>;
  drain?(): Promise<void>;
  stop(): Promise<void>;
}

export function report(message: ChildReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/**
 * Runs one child of `up`: starts it from the first line of its input, stops it when told to, and ends at once when the
 * input closes, which is how the supervisor's death reaches it.
 */
export function runChild(name: string, start: (told: ChildStart) => Promise<ChildWork>): void {
  let work: Promise<ChildWork> | undefined;
  process.on('SIGINT', () => undefined); // the supervisor hears signals, and says what is to be done
  process.on('SIGTERM', () => undefined);
  process.stdout.on('error', () => process.exit(1)); // nobody is there to report to
  const fail = (error: unknown): void => {
    const stack = error instanceof Error ? { stack: error.stack } : {};
    logLine(name, 'error', reasonOf(error), stack);
    const portTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    report({ report: 'failed', message: reasonOf(error), portTaken });
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (work === undefined) {
      work = start(JSON.parse(line) as ChildStart);
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
