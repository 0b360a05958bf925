import { once } from 'node:events';
import { styleText } from 'node:util';

/** What a stream must be able to do to be written to. */
export interface OutputStream extends NodeJS.EventEmitter {
  write(chunk: string | Uint8Array): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Whoever read our output has closed it (`steno events | head`): the work is done. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** A stream to write to at the pace of its reader, with colours where it is a terminal. */
export class Output {
  readonly isTerminal: boolean;
  readonly #stream: OutputStream;
  readonly #coloured: boolean;
  #failure: NodeJS.ErrnoException | undefined;

  constructor(stream: OutputStream, environment: Readonly<Record<string, string | undefined>>) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
    this.#coloured = this.isTerminal && !environment['NO_COLOR'];
    stream.on('error', (error: NodeJS.ErrnoException) => (this.#failure = error));
  }

  /** Characters in a line; without end where it is no terminal. */
  get columns(): number {
    return this.isTerminal ? (this.#stream.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  /** @throws OutputClosed once nobody reads any more */
  async write(chunk: string | Uint8Array): Promise<void> {
    this.#check();
    if (this.#stream.write(chunk)) return;
    // An error instead of the drain is kept by the listener above.
    await once(this.#stream, 'drain').catch(() => undefined);
    this.#check();
  }

  line(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** One JSON object on a line of its own. */
  json(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value));
  }

  paint(colour: Colour, text: string): string {
    return this.#coloured ? styleText(colour, text, { validateStream: false }) : text;
  }

  #check(): void {
    if (this.#failure === undefined) return;
    if (this.#failure.code === 'EPIPE') throw new OutputClosed();
    throw this.#failure;
  }
}
