import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { STENO } from './running-up.js';

const READY_MS = 60_000;

interface PartReady {
  readonly part: string;
  readonly instance: string;
  readonly gateways?: { readonly postgres: string };
  readonly web?: string;
}

/** A `steno capture`, `projector` or `api` that a test spawned. */
export class RunningPart {
  readonly exited: Promise<number | NodeJS.Signals | null>;
  private readonly process: ChildProcess;
  private said = '';
  private line: PartReady | undefined;

  private constructor(
    folder: string,
    readonly name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    const command = [STENO, name, '--config', 'steno.yaml', ...args];
    this.process = spawn(process.execPath, command, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stderr?.on('data', (text: Buffer) => (this.said += text.toString()));
    this.exited = once(this.process, 'close').then(([code, signal]) => signal ?? code);
  }

  static async start(
    folder: string,
    name: 'capture' | 'projector' | 'api',
    { instance, env = {} }: { instance: string; env?: Readonly<Record<string, string>> },
  ): Promise<RunningPart> {
    const part = new RunningPart(folder, name, ['--instance', instance], env);
    await part.untilReady();
    return part;
  }

  get err(): string {
    return this.said;
  }

  get ready(): PartReady {
    if (this.line === undefined) throw new Error(`${this.name} is not ready`);
    return this.line;
  }

  get port(): number {
    return Number(this.ready.gateways?.postgres.split(':').at(-1));
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async stop(): Promise<number | NodeJS.Signals | null> {
    this.kill('SIGTERM');
    return this.exited;
  }

  private async untilReady(): Promise<void> {
    const { stdout } = this.process;
    if (stdout === null) throw new Error('it has no output');
    const signal = AbortSignal.timeout(READY_MS);
    const line = await Promise.race([
      once(createInterface({ input: stdout }), 'line', { signal }),
      this.exited.then((how) => {
        throw new Error(`${this.name} ended with ${String(how)}: ${this.said}`);
      }),
    ]);
    this.line = JSON.parse(String(line[0])) as PartReady;
  }
}
