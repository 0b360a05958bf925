import type { Output } from './output.js';

const WIDTH = 24;
const EVERY_MS = 100;

/** A line on a terminal that shows how far long work is; nothing where there is no terminal. */
export class Progress {
  readonly #err: Output;
  readonly #label: string;
  #drawnAt = 0;

  constructor(err: Output, label: string) {
    this.#err = err;
    this.#label = label;
  }

  /** @param total 0 or less: not known */
  async show(done: number, total: number): Promise<void> {
    const now = Date.now();
    if (!this.#err.isTerminal || now - this.#drawnAt < EVERY_MS) return;
    this.#drawnAt = now;
    await this.#err.write(`\r\u001B[K${this.#label} ${bar(done, total)}`);
  }

  /** Clears the line. */
  async end(): Promise<void> {
    if (this.#drawnAt > 0) await this.#err.write('\r\u001B[K');
    this.#drawnAt = 0;
  }
}

function bar(done: number, total: number): string {
  if (total <= 0) return done.toLocaleString('en');
  const share = Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  const blocks = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  return `${blocks} ${Math.floor(share * 100)}% ${done.toLocaleString('en')}`;
}
