import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { logLine } from './log-lines.js';
import type { ChildOrder, ChildReport, ChildStart } from './messages.js';

export type ChildName = 'capture' | 'worker' | 'api';
export type ReadyReport = Extract<ChildReport, { report: 'ready' }>;

const READY_DEADLINE_MS = 60_000;
const BACKOFF_MS = { first: 250, max: 10_000 };
/** Having run for this long, the next crash is a first one. */
const STEADY_MS = 60_000;

/** The child did not come up; the message is fit for the operator. */
export class ChildFailed extends Error {
  override readonly name = 'ChildFailed';

  constructor(
    message: string,
    readonly portTaken: boolean,
  ) {
    super(message);
  }
}

export interface SupervisedChildOptions {
  readonly name: ChildName;
  /** What it is told at each start. */
  readonly start: () => ChildStart;
  /** At each start, the first one too. */
  readonly onReady: (ready: ReadyReport) => void;
  readonly onReport?: (report: ChildReport) => void;
}

type Process = ChildProcessByStdio<Writable, Readable, null>;

/** One child process of `up`: in a group of its own, started again when it crashes. */
export class SupervisedChild {
  private process: Process | undefined;
  private stopping = false;
  private drained: (() => void) | undefined;
  private exited: Promise<void> = Promise.resolve();

  constructor(private readonly options: SupervisedChildOptions) {}

  /** Resolves when the child is ready; rejects with ChildFailed when its first start fails. */
  async start(): Promise<void> {
    const run = this.run();
    this.exited = run.exited;
    await run.ready;
    void this.keep(run.exited);
  }

  order(order: ChildOrder): void {
    const { process } = this;
    if (process?.stdin.writable === true) process.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** Tells it to drain and waits, but not longer than this. */
  async drain(deadlineMs: number): Promise<void> {
    const done = new Promise<void>((resolve) => (this.drained = resolve));
    this.stopping = true;
    this.order({ order: 'drain' });
    await Promise.race([done, this.exited, delay(deadlineMs, undefined, { ref: false })]);
  }

  /** Tells it to stop; kills it when it has not by then. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    this.order({ order: 'stop' });
    const timer = setTimeout(() => {
      logLine('up', 'error', 'a process did not stop in time and is killed', {
        process: this.options.name,
      });
      this.process?.kill('SIGKILL');
    }, deadlineMs);
    await this.exited;
    clearTimeout(timer);
  }

  private async keep(first: Promise<void>): Promise<void> {
    let exited = first;
    let backoff = BACKOFF_MS.first;
    let startedAt = Date.now();
    for (;;) {
      await exited;
      if (this.stopping) return;
      if (Date.now() - startedAt > STEADY_MS) backoff = BACKOFF_MS.first;
      const details = { process: this.options.name, retryMs: backoff };
      logLine('up', 'error', 'a process ended by itself and is started again', details);
      await delay(backoff);
      backoff = Math.min(backoff * 2, BACKOFF_MS.max);
      startedAt = Date.now();
      const run = this.run();
      exited = run.exited;
      this.exited = exited;
      // Why it failed is in its own log; it is tried again.
      await run.ready.catch(() => this.process?.kill('SIGKILL'));
    }
  }

  private run(): { readonly ready: Promise<void>; readonly exited: Promise<void> } {
    const { name, start, onReady, onReport } = this.options;
    const script = fileURLToPath(new URL(`./children/${name}.js`, import.meta.url));
    const child: Process = spawn(process.execPath, [script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true, // a group of its own: the terminal's signals are for the supervisor
    });
    this.process = child;
    child.stdin.on('error', () => undefined); // it is gone, as its exit says
    const exited = new Promise<void>((resolve) => {
      child.once('close', () => {
        resolve();
      });
    });
    const ready = new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => {
        reject(
          new ChildFailed(`${name} was not ready within ${READY_DEADLINE_MS / 1000} s`, false),
        );
      }, READY_DEADLINE_MS);
      const settle = (error?: Error): void => {
        clearTimeout(deadline);
        if (error === undefined) resolve();
        else reject(error);
      };
      child.once('error', settle);
      child.once('close', () => {
        settle(new ChildFailed(`${name} ended before it was ready`, false));
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const report = JSON.parse(line) as ChildReport;
        if (report.report === 'ready') {
          onReady(report);
          settle();
        } else if (report.report === 'failed') {
          settle(new ChildFailed(`${name}: ${report.message}`, report.portTaken));
        } else if (report.report === 'drained') this.drained?.();
        onReport?.(report);
      });
    });
    child.stdin.write(`${JSON.stringify(start())}\n`);
    return { ready, exited };
  }
}
