import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli/errors.js';
import { targetSecretsOf } from '../config/credential-reference.js';
import { reasonOf } from './log-lines.js';
import type { Log } from './log.js';
import { parseReport } from './messages.js';
import type { ChildOrder, ChildReport, ChildStart } from './messages.js';

export type ChildName = 'capture' | 'worker' | 'api';
export type ReadyReport = Extract<ChildReport, { report: 'ready' }>;

const READY_DEADLINE_MS = 60_000;
const BACKOFF_MS = { first: 250, max: 10_000 };
/** Having run for this long, the next crash is a first one. */
const STEADY_MS = 60_000;

export interface SupervisedChildOptions {
  readonly name: ChildName;
  readonly log: Log;
  /** What it is told at each start. */
  readonly start: () => ChildStart;
  /** At each start, the first one too. */
  readonly onReady: (ready: ReadyReport) => void;
  readonly onReport: (report: ChildReport) => void;
}

type Process = ChildProcessByStdio<Writable, Readable, Readable>;

interface Run {
  readonly process: Process;
  /** Rejects with CliError. */
  readonly ready: Promise<ReadyReport>;
  /** Never rejects. */
  readonly exited: Promise<ChildExit>;
}

interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One child process of `up`: in a group of its own, started again when it crashes. */
export class SupervisedChild {
  private current: Run | undefined;
  /** Until it has ended for good. */
  private kept: Promise<unknown> = Promise.resolve();
  private drained: (() => void) | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly options: SupervisedChildOptions) {}

  /**
   * Resolves when the child is ready; rejects with CliError, and it has ended, when its first start
   * fails.
   */
  async start(): Promise<ReadyReport> {
    const run = this.run();
    this.kept = run.exited;
    try {
      const ready = await run.ready;
      this.kept = this.keep(run);
      return ready;
    } catch (error) {
      run.process.kill('SIGKILL');
      await run.exited;
      throw error;
    }
  }

  order(order: ChildOrder): void {
    const stdin = this.current?.process.stdin;
    if (stdin?.writable === true) stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** Tells it to drain and waits, but not longer than this. It is not started again any more. */
  async drain(deadlineMs: number): Promise<void> {
    const done = new Promise<void>((resolve) => (this.drained = resolve));
    this.stopping.abort();
    this.order({ order: 'drain' });
    const timer = new AbortController();
    const late = delay(deadlineMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([done, this.kept, late]);
    timer.abort();
  }

  /** Tells it to stop; kills it when it has not by then. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping.abort();
    this.order({ order: 'stop' });
    const timer = setTimeout(() => {
      const { log, name } = this.options;
      log.say('error', 'a process did not stop in time and is killed', { process: name });
      this.current?.process.kill('SIGKILL');
    }, deadlineMs);
    await this.kept;
    clearTimeout(timer);
  }

  private async keep(first: Run): Promise<void> {
    const { signal } = this.stopping;
    let run = first;
    let backoff = BACKOFF_MS.first;
    for (let startedAt = Date.now(); ; startedAt = Date.now()) {
      const exit = await run.exited;
      if (signal.aborted) return;
      if (Date.now() - startedAt > STEADY_MS) backoff = BACKOFF_MS.first;
      const details = { process: this.options.name, ...exit, retryMs: backoff };
      this.options.log.say('error', 'a process ended by itself and is started again', details);
      await delay(backoff, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      backoff = Math.min(backoff * 2, BACKOFF_MS.max);
      run = this.run();
      await run.ready.catch((error: unknown) => {
        if (!signal.aborted) this.options.log.say('error', reasonOf(error));
        run.process.kill('SIGKILL');
      });
    }
  }

  private run(): Run {
    const { name, start, log } = this.options;
    const script = fileURLToPath(new URL(`./children/${name}.js`, import.meta.url));
    const told = start();
    const child: Process = spawn(process.execPath, [script], {
      env: environmentOf(name, told.config),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // a group of its own: the terminal's signals are for the supervisor
    });
    child.stdin.on('error', () => undefined); // it is gone, as its exit says
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.relay(name, line);
    });
    const exited = new Promise<ChildExit>((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
    this.current = { process: child, ready: this.untilReady(child), exited };
    child.stdin.write(`${JSON.stringify(told)}\n`);
    return this.current;
  }

  private untilReady(child: Process): Promise<ReadyReport> {
    const { name, log } = this.options;
    let isReady = false;
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(deadline);
        reject(new CliError('cannot-start', `${name} ${reason}.`));
      };
      const deadline = setTimeout(() => {
        fail(`was not ready within ${READY_DEADLINE_MS / 1000} s`);
      }, READY_DEADLINE_MS);
      child.once('error', (error) => {
        fail(`could not be run: ${error.message}`);
      });
      child.once('close', () => {
        fail('ended before it was ready');
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const report = parseReport(line);
        if (report === undefined) {
          log.relay(name, line);
          return;
        }
        try {
          this.take(report);
          if (report.report === 'ready') {
            isReady = true;
            clearTimeout(deadline);
            resolve(report);
          } else if (report.report === 'failed') {
            clearTimeout(deadline);
            const failure = failureOf(name, report);
            const { code, hint } = failure;
            // Nobody waits for a child that was ready; what nobody foresaw it has said itself.
            if (!isReady) reject(failure);
            else if (report.error !== undefined) log.say('error', failure.message, { code, hint });
          }
        } catch (error) {
          fail(`is ready, and: ${reasonOf(error)}`);
        }
      });
    });
  }

  private take(report: ChildReport): void {
    if (report.report === 'ready') this.options.onReady(report);
    else if (report.report === 'drained') this.drained?.();
    this.options.onReport(report);
  }
}

/** Only the gateway signs in to targets: the others do not get what it takes. */
function environmentOf(name: ChildName, config: ChildStart['config']): NodeJS.ProcessEnv {
  if (name === 'capture') return process.env;
  const withheld = new Set(targetSecretsOf(config));
  return Object.fromEntries(
    Object.entries(process.env).filter(([variable]) => !withheld.has(`env:${variable}`)),
  );
}

function failureOf(
  name: ChildName,
  { message, error }: Extract<ChildReport, { report: 'failed' }>,
): CliError {
  if (error !== undefined) return new CliError(error.catalogued, error.detail);
  return new CliError('cannot-start', `${name}: ${message}.`);
}
