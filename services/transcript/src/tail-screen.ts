import { codePointWidth, isPlainAscii } from './char-width.js';
import { transcriptLimits } from './limits.js';

/*
 * The end of a transcript as a terminal would hold it. It is NOT a terminal emulator: it knows
 * what `Transcript` writes, printable text, \r\n and SGR, and nothing else.
 */

export interface ScreenSize {
  readonly rows: number;
  readonly cols?: number;
  /** Lines kept above the visible ones. */
  readonly scrollback?: number;
}

interface Line {
  readonly text: string;
  /** SGR state at its start, as a sequence. */
  readonly before: string;
  /** Rows it takes on the screen. */
  readonly rows: number;
}

const escape = 0x1b;
const sgr = /\x1b\[([\d;]*)m/y;

/**
 * Text that brings an empty terminal of that size into the state it has after all the chunks:
 * visible rows, scrollback, cursor and SGR. Lines are left to wrap, only the first may be cut.
 * A chunk is whole lines that begin and end without attributes, so chunks that lie before the last
 * `rows + scrollback` lines may be left out.
 */
export function tailScreen(chunks: Iterable<{ readonly ansi: string }>, size: ScreenSize): string {
  const { rows, cols = transcriptLimits.cols, scrollback = transcriptLimits.scrollback } = size;
  const tail = new Tail(cols, Math.max(1, rows + scrollback));
  for (const { ansi } of chunks) tail.write(ansi);
  return tail.text();
}

class Tail {
  private lines: Line[] = [];
  private from = 0;
  private rowsHeld = 0;
  /** The line that no \r\n has ended yet. */
  private open = '';
  private readonly state = new SgrState();

  constructor(
    private readonly cols: number,
    private readonly rowsMax: number,
  ) {}

  write(ansi: string): void {
    const parts = (this.open + ansi).split('\r\n');
    this.open = parts.pop() ?? '';
    for (const part of parts) this.end(part);
  }

  text(): string {
    this.end(this.open);
    this.open = '';
    const kept = this.lines.slice(this.from);
    const first = kept[0];
    if (first === undefined) return '';
    const over = this.rowsHeld - this.rowsMax;
    const head = over > 0 ? this.cutRows(first, over) : first.before + first.text;
    return [head, ...kept.slice(1).map(({ text }) => text)].join('\r\n');
  }

  private end(text: string): void {
    const before = this.state.sequence();
    const rows = wrappedRows(text, this.cols, this.state);
    this.lines.push({ text, before, rows });
    this.rowsHeld += rows;
    for (;;) {
      const first = this.lines[this.from];
      if (first === undefined || this.rowsHeld - first.rows < this.rowsMax) break;
      this.rowsHeld -= first.rows;
      this.from += 1;
    }
    if (this.from > this.rowsMax) {
      this.lines = this.lines.slice(this.from);
      this.from = 0;
    }
  }

  /** The line without its first `over` rows. */
  private cutRows({ text, before }: Line, over: number): string {
    const state = new SgrState();
    walk(before, state);
    let row = 0;
    let column = 0;
    let at = 0;
    walk(text, state, (width, offset) => {
      if (column + width > this.cols) {
        row += 1;
        column = 0;
      }
      column += width;
      at = offset;
      return row < over;
    });
    return state.sequence() + text.slice(at);
  }
}

function wrappedRows(text: string, cols: number, state: SgrState): number {
  if (isPlainAscii(text)) return Math.max(1, Math.ceil(text.length / cols));
  let rows = 1;
  let column = 0;
  walk(text, state, (width) => {
    if (column + width > cols) {
      rows += 1;
      column = 0;
    }
    column += width;
    return true;
  });
  return rows;
}

/** Follows the SGR sequences; `visit` gets each character's width and offset, false ends it. */
function walk(
  text: string,
  state: SgrState,
  visit: (width: number, offset: number) => boolean = () => true,
): void {
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) ?? 0;
    if (codePoint === escape) {
      sgr.lastIndex = at;
      const match = sgr.exec(text);
      state.apply(match?.[1] ?? '');
      at += match?.[0].length ?? 1;
      continue;
    }
    if (!visit(codePointWidth(codePoint), at)) return;
    at += codePoint > 0xffff ? 2 : 1;
  }
}

/** The attributes set since the last reset, in the order in which they were set. */
class SgrState {
  private readonly attributes = new Set<string>();

  apply(parameters: string): void {
    for (const parameter of parameters.split(';')) {
      if (parameter === '' || parameter === '0') this.attributes.clear();
      else this.attributes.add(parameter);
    }
  }

  sequence(): string {
    return this.attributes.size === 0 ? '' : `\x1b[${[...this.attributes].join(';')}m`;
  }
}
