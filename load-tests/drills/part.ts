import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { STENO } from './places.js';
import { stalls } from './stalls.js';

const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 60_000;
const TAIL_CHARACTERS = 16_384;

export interface PartPlan {
  readonly verb: 'capture' | 'projector' | 'api';
  readonly instance: string;
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a part prints when it is ready, as far as it matters here. */
interface ReadyLine {
  readonly gateways?: { readonly postgres: string };
}

/** A process that was killed. */
export interface Kill {
  readonly part: string;
  readonly at: number;
  /** For how long the machine did not let this process run meanwhile, nor perhaps that one. */
  readonly stallMs: number;
}

/** One process of Steno, which can be killed and started again. */
export class Part {
  #child: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(null);
  #gateway: string | undefined;
  #stderr = '';
  #isAsked = false;
  #died: string | undefined;

  constructor(readonly plan: PartPlan) {}

  static async start(plan: PartPlan): Promise<Part> {
    const part = new Part(plan);
    await part.start();
    return part;
  }

  get name(): string {
    return this.plan.instance;
  }

  /** The last that it wrote to stderr. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Of the gateway of a capture; undefined while it does not run. */
  get port(): number | undefined {
    return this.#gateway === undefined ? undefined : Number(this.#gateway.split(':').at(-1));
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** How it ended though nobody asked it to; undefined: it never did. */
  get died(): string | undefined {
    return this.#died;
  }

  /** Settles with the exit code when it has ended; null where a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  async start(): Promise<void> {
    const child = this.spawn();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((settle) => {
      timer = setTimeout(() => settle('late'), READY_DEADLINE_MS);
    });
    const outcome = await Promise.race([readyLine(child), this.#ended, late]);
    clearTimeout(timer);
    if (outcome === null || typeof outcome !== 'object') {
      child.kill('SIGKILL');
      throw new Error(`${this.name} did not start (${outcome}): ${this.#stderr}`);
    }
    this.#gateway = outcome.gateways?.postgres;
  }

  /** Starts it without waiting until it is ready, for one that is to refuse. */
  spawn(): ChildProcess {
    const { verb, instance, config, env } = this.plan;
    const args = [STENO, verb, '--config', config, '--instance', instance];
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#isAsked = false;
    this.#died = undefined;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-TAIL_CHARACTERS);
    });
    this.#ended = new Promise((settle) => {
      child.on('close', (code) => {
        this.#child = undefined;
        this.#gateway = undefined;
        const lastLine = this.#stderr.trimEnd().split('\n').at(-1) ?? '';
        if (!this.#isAsked) this.#died = `${this.name} ended with ${code}: ${lastLine}`;
        settle(code);
      });
    });
    return child;
  }

  /** SIGKILL, and its end. `at` is the moment before which it was at work. */
  async kill(): Promise<Kill> {
    const at = Date.now();
    this.#isAsked = true;
    this.#child?.kill('SIGKILL');
    await this.#ended;
    return { part: this.name, at, stallMs: stalls.recentMs };
  }

  /** SIGTERM, and its end. Throws when it does not end in order. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#isAsked = true;
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    const code = await this.#ended;
    clearTimeout(killer);
    if (code !== 0) throw new Error(`${this.name} ended with ${code}: ${this.#stderr}`);
  }
}

function readyLine({ stdout }: ChildProcess): Promise<ReadyLine> {
  return new Promise((settle) => {
    let text = '';
    stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const end = text.indexOf('\n');
      if (end !== -1) settle(JSON.parse(text.slice(0, end)) as ReadyLine);
    });
  });
}
