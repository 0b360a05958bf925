import { Terminal } from '@xterm/headless/lib-headless/xterm-headless.mjs';
import type { IBuffer } from '@xterm/headless';
import type { ScreenShot } from './replay-source.js';

export interface ScreenLimits {
  readonly cols: number;
  readonly rows: number;
  readonly scrollback: number;
}

/** What a recording may ask for; more is cut. */
export const SCREEN_LIMITS: ScreenLimits = { cols: 500, rows: 300, scrollback: 5000 };

export interface ScreenContents {
  readonly cols: number;
  readonly rows: number;
  readonly buffer: IBuffer;
}

/**
 * The screen of the recorded program. It interprets what was recorded and nothing more: no input,
 * no titles, no links, no clipboard, no answers to the program's questions.
 */
export class ScreenModel {
  onChange: () => void = () => undefined;
  /** Grows with each moment that is shown. */
  generation = 0;
  #terminal: Terminal | undefined;
  /** Takes the place of #terminal when all of its screen is interpreted, so nothing flickers. */
  #next: Terminal | undefined;

  /** Shows another moment. */
  show({ cols, rows, ansi }: ScreenShot): void {
    this.#next?.dispose();
    const terminal = new Terminal({
      cols: Math.min(Math.max(cols, 2), SCREEN_LIMITS.cols),
      rows: Math.min(Math.max(rows, 1), SCREEN_LIMITS.rows),
      scrollback: SCREEN_LIMITS.scrollback,
      allowProposedApi: true,
      logLevel: 'off',
    });
    this.#next = terminal;
    terminal.write(ansi, () => {
      if (this.#next !== terminal) return;
      this.#terminal?.dispose();
      this.#terminal = terminal;
      this.#next = undefined;
      this.generation += 1;
      terminal.onWriteParsed(() => this.onChange());
      this.onChange();
    });
  }

  /** Goes on from where the newest screen is. */
  write(ansi: Uint8Array): void {
    (this.#next ?? this.#terminal)?.write(ansi);
  }

  /** Resolves when all that was written is interpreted. */
  settled(): Promise<void> {
    const terminal = this.#next ?? this.#terminal;
    if (terminal === undefined) return Promise.resolve();
    return new Promise((resolve) => terminal.write('', resolve));
  }

  contents(): ScreenContents | undefined {
    const terminal = this.#terminal;
    if (terminal === undefined) return undefined;
    return { cols: terminal.cols, rows: terminal.rows, buffer: terminal.buffer.active };
  }

  dispose(): void {
    this.#next?.dispose();
    this.#terminal?.dispose();
    this.#next = undefined;
    this.#terminal = undefined;
  }
}
