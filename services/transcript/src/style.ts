/*
 * The only escape sequences that a transcript holds: SGR with bold, dim and red, each line closed
 * by a reset. Nothing else sets a colour, so that both dark and light screens stay readable.
 */

export type Style = 'plain' | 'dim' | 'bold' | 'error' | 'loud';

const sequences: Readonly<Record<Exclude<Style, 'plain'>, string>> = {
  dim: '\x1b[2m',
  bold: '\x1b[1m',
  error: '\x1b[31m',
  loud: '\x1b[1;31m',
};
const reset = '\x1b[0m';

/** Collects printable lines; `\r\n` ends each. `text` must have passed `printable.ts`. */
export class StyledLines {
  private out = '';

  constructor(private readonly colour: boolean) {}

  get length(): number {
    return this.out.length;
  }

  line(text: string, style: Style = 'plain'): void {
    this.out += `${this.styled(text, style)}\r\n`;
  }

  /** One line of two styles. */
  prompted(prompt: string, text: string): void {
    this.out += `${this.styled(prompt, 'dim')}${this.styled(text, 'bold')}\r\n`;
  }

  /** What was collected since the last call. */
  take(): string {
    const out = this.out;
    this.out = '';
    return out;
  }

  private styled(text: string, style: Style): string {
    if (style === 'plain' || !this.colour || text === '') return text;
    return `${sequences[style]}${text}${reset}`;
  }
}
