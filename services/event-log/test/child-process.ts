import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const loader = new URL('run-typescript.mjs', import.meta.url).href;

/** A process of its own that a test may kill; it says line by line what it did. */
export class TestProcess {
  readonly lines: string[] = [];
  /** Exit status, or the signal it died of. */
  readonly ended: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;
  private errors = '';
  private over = false;
  private waiting: (() => void)[] = [];

  /**
   * It gets ready, and waits for `go`. `fileBytesMax`: no file that it writes may grow beyond,
   * until `liftLimit`.
   */
  constructor(script: URL, args: readonly string[], fileBytesMax?: number) {
    const options = ['--conditions=development', '--import', loader];
    const node = [process.execPath, ...options, fileURLToPath(script)];
    const limit = fileBytesMax === undefined ? [] : ['prlimit', `--fsize=${fileBytesMax}:`];
    const [command = '', ...rest] = [...limit, ...node, ...args];
    this.child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.child;
    stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    if (stdout !== null) {
      createInterface(stdout).on('line', (line) => {
        this.lines.push(line);
        this.wake();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.over = true;
        this.wake();
        resolve(signal ?? code ?? -1);
      });
    });
  }

  get stderr(): string {
    return this.errors;
  }

  go(): this {
    this.child.stdin?.end('go\n');
    return this;
  }

  /** Resolves when it has said `count` lines that begin so; rejects when it ends before. */
  async said(beginning: string, count = 1): Promise<void> {
    while (this.lines.filter((line) => line.startsWith(beginning)).length < count) {
      if (this.over) throw new Error(`it ended before it said "${beginning}": ${this.errors}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  end(): void {
    this.child.kill('SIGTERM');
  }

  /** At once, without a chance to put anything in order. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  liftLimit(): void {
    execFileSync('prlimit', ['--pid', String(this.child.pid), '--fsize=unlimited:']);
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
