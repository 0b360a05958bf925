import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface Started {
  readonly child: ChildProcess;
  /** What the awaited output matched. */
  readonly match: RegExpExecArray;
  /** SIGTERM, and SIGKILL after the deadline. */
  readonly stop: () => Promise<void>;
}

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: SpawnOptions;
  /** It is ready once stdout or stderr matches this. */
  readonly ready: RegExp;
}

const READY_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 45_000;
const TAIL_CHARACTERS = 8_192;

/** Starts a server and waits until it says that it is ready. Throws with what it wrote. */
export async function startProcess({ command, args, options, ready }: Start): Promise<Started> {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<string>((settle) => {
    child.on('error', (error) => settle(error.message));
    child.on('close', (code, signal) => settle(`it ended with ${code ?? signal}`));
  });
  const isReady = new Promise<RegExpExecArray>((settle) => {
    const look = () => {
      const match = ready.exec(stdout) ?? ready.exec(stderr);
      if (match !== null) settle(match);
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-TAIL_CHARACTERS);
      look();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-TAIL_CHARACTERS);
      look();
    });
  });
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(killer);
  };
  const deadline = delay(READY_DEADLINE_MS, 'it was not ready in time', { ref: false });
  const outcome = await Promise.race([isReady, ended, deadline]);
  if (typeof outcome === 'string') {
    child.kill('SIGKILL');
    throw new Error(`${command} did not start: ${outcome}\n${stdout}${stderr}`);
  }
  void ended.then((how) => {
    if (!isStopping) process.stderr.write(`${command}: ${how}\n${stderr}`);
  });
  return { child, match: outcome, stop };
}

/** What to undo at the end, last things first. */
export class Cleanup {
  readonly #steps: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Runs every step once, also when one fails; then throws the first failure. */
  run(): Promise<void> {
    // One after the other, also when a signal and a failure ask for it at the same time.
    this.#running ??= this.#runAll().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
