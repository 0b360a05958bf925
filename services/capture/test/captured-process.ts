import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TestInstallation } from './rig.js';
import type { Login } from './rig.js';

const LOADER = new URL('../../event-log/test/run-typescript.mjs', import.meta.url).href;
const SCRIPT = fileURLToPath(new URL('capture-child.ts', import.meta.url));

/** A capture in a process of its own, which a test may measure and kill. */
export class CapturedProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly login: Login,
    readonly installation: TestInstallation,
  ) {}

  static async start(directory: string, targetPort: number): Promise<CapturedProcess> {
    const options = ['--conditions=development', '--import', LOADER, SCRIPT];
    const args = [...options, directory, String(targetPort)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) throw new Error('the process ended before it was ready');
    const said = JSON.parse(first.value) as Readonly<Record<string, string>> & { port: number };
    const { token = '', privateKey = '', publicKey = '', key = '' } = said;
    const root = { privateKey, publicKey: Buffer.from(publicKey, 'hex') };
    const installation = new TestInstallation(root, Buffer.from(key, 'hex'));
    const login = { host: '127.0.0.1', port: said.port, user: 'x', database: 'shop' };
    return new CapturedProcess(child, lines, { ...login, password: token }, installation);
  }

  /** The most memory that it has ever had, in bytes. */
  async peakMemory(): Promise<number> {
    this.child.stdin?.write('\n');
    const line = await this.lines.next();
    return Number(line.value);
  }

  /** At once, without a chance to put anything in order. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
