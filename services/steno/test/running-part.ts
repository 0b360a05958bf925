import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { STENO } from './running-up.js';

const READY_MS = 60_000;

export interface PartReady {
  readonly ready: true;
  readonly part: string;
  readonly instance: string;
  readonly admin?: string;
  readonly web?: string;
  readonly gateways?: { readonly postgres: string };
}

/** A `steno capture`, `projector` or `api` that a test spawned: the built program. */
export class RunningPart {
  readonly exited: Promise<number | null>;
  private said = '';
  private line: PartReady | undefined;

  private constructor(private readonly process: ChildProcess) {
    process.stderr?.on('data', (bytes: Buffer) => (this.said += bytes.toString()));
    this.exited = once(process, 'close').then(([code]) => code as number | null);
  }

  /** In a folder that has a steno.yaml. */
  static spawn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): RunningPart {
    const started = spawn(process.execPath, [STENO, ...args, '--config', 'steno.yaml'], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningPart(started);
  }

  /** Spawned, and ready. */
  static async start(...args: Parameters<typeof RunningPart.spawn>): Promise<RunningPart> {
    const part = RunningPart.spawn(...args);
    part.line = await part.untilReady();
    return part;
  }

  get ready(): PartReady {
    if (this.line === undefined) throw new Error('it is not ready');
    return this.line;
  }

  /** Of its Postgres gateway. */
  get port(): number {
    return Number(this.ready.gateways?.postgres.split(':').at(-1));
  }

  get err(): string {
    return this.said;
  }

  async untilReady(): Promise<PartReady> {
    const { stdout } = this.process;
    if (stdout === null) throw new Error('it has no output');
    const [line] = await Promise.race([
      once(createInterface({ input: stdout }), 'line', { signal: AbortSignal.timeout(READY_MS) }),
      this.exited.then((code) => {
        throw new Error(`it ended with ${code}: ${this.err}`);
      }),
    ]);
    return JSON.parse(String(line)) as PartReady;
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async stop(): Promise<number | null> {
    this.kill('SIGTERM');
    return this.exited;
  }
}
