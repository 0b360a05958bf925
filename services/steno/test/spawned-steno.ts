import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const STENO = fileURLToPath(new URL('../bin/steno.mjs', import.meta.url));
const READY_MS = 120_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `steno` that a test spawned: the built program, as users run it. */
export class SpawnedSteno<Ready> {
  readonly pid: number;
  readonly exited: Promise<Ended>;
  readonly #process: ChildProcess;
  readonly #printed = { out: '', err: '' };
  #ready: Ready | undefined;

  constructor(folder: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#process = spawn(process.execPath, [STENO, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.#process.pid ?? 0;
    this.#process.stdout?.on('data', (part: Buffer) => (this.#printed.out += part.toString()));
    this.#process.stderr?.on('data', (part: Buffer) => (this.#printed.err += part.toString()));
    this.exited = once(this.#process, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  get out(): string {
    return this.#printed.out;
  }

  get err(): string {
    return this.#printed.err;
  }

  get ready(): Ready {
    if (this.#ready === undefined) throw new Error('it is not ready');
    return this.#ready;
  }

  async untilReady(): Promise<Ready> {
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('it has no output');
    const [line] = await Promise.race([
      once(createInterface({ input: stdout }), 'line', { signal: AbortSignal.timeout(READY_MS) }),
      this.exited.then(({ code }) => {
        throw new Error(`it ended with ${code}: ${this.err}`);
      }),
    ]);
    this.#ready = JSON.parse(String(line)) as Ready;
    return this.#ready;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** SIGTERM, and its end. */
  async stop(): Promise<Ended> {
    this.kill('SIGTERM');
    return this.exited;
  }
}
