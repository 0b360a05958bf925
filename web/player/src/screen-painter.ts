import type { IBufferCell } from '@xterm/headless';
import type { ScreenContents } from './screen-model.js';
import {
  BOLD,
  DIM,
  HIDDEN,
  INVERSE,
  ITALIC,
  OVERLINE,
  STRIKE,
  UNDERLINE,
  cssColor,
  runsOf,
  type Look,
  type Run,
} from './screen-runs.js';

const classOfFlag: readonly (readonly [number, string])[] = [
  [BOLD, 'steno-bold'],
  [DIM, 'steno-dim'],
  [ITALIC, 'steno-italic'],
  [UNDERLINE, 'steno-underline'],
  [STRIKE, 'steno-strike'],
  [OVERLINE, 'steno-overline'],
  [HIDDEN, 'steno-hidden'],
];

/**
 * Paints the lines that can be seen, as text: it can be selected, copied, searched with the
 * browser's own search and read aloud, and what a program printed never becomes markup. Styles are
 * set through the object model alone, so a page may forbid inline styles.
 */
export class ScreenPainter {
  readonly #rows: HTMLDivElement[] = [];
  readonly #painted: string[] = [];
  #cell: IBufferCell | undefined;

  constructor(private readonly parent: HTMLElement) {}

  /** @param top the first line to paint, counted from the top of the scrollback */
  paint({ buffer, rows }: ScreenContents, top: number): void {
    this.#cell ??= buffer.getNullCell();
    this.#resize(rows);
    for (let y = 0; y < rows; y += 1) {
      const line = buffer.getLine(top + y);
      const runs = line === undefined ? [] : runsOf(line, this.#cell);
      this.#paintRow(y, runs);
    }
  }

  #resize(rows: number): void {
    while (this.#rows.length > rows) {
      this.#rows.pop()?.remove();
      this.#painted.pop();
    }
    while (this.#rows.length < rows) {
      const row = this.parent.ownerDocument.createElement('div');
      row.className = 'steno-row';
      this.#rows.push(row);
      this.#painted.push('');
      this.parent.append(row);
    }
  }

  #paintRow(y: number, runs: readonly Run[]): void {
    const row = this.#rows[y];
    const key = JSON.stringify(runs);
    if (row === undefined || this.#painted[y] === key) return;
    this.#painted[y] = key;
    row.replaceChildren(...runs.map((run) => this.#spanOf(run)));
  }

  #spanOf({ text, wide, look }: Run): Node {
    const document = this.parent.ownerDocument;
    if (isDefault(look) && !wide) return document.createTextNode(text);
    const span = document.createElement('span');
    span.textContent = text;
    const classes = classOfFlag.filter(([flag]) => (look.flags & flag) !== 0);
    if (classes.length > 0) span.className = classes.map(([, name]) => name).join(' ');
    if (wide) span.classList.add('steno-wide');
    paintColors(span, look);
    return span;
  }
}

const isDefault = ({ foreground, background, flags }: Look): boolean =>
  foreground === undefined && background === undefined && flags === 0;

function paintColors(span: HTMLElement, { foreground, background, flags }: Look): void {
  const front = foreground === undefined ? undefined : cssColor(foreground);
  const back = background === undefined ? undefined : cssColor(background);
  if ((flags & INVERSE) === 0) {
    if (front !== undefined) span.style.color = front;
    if (back !== undefined) span.style.backgroundColor = back;
    return;
  }
  span.style.color = back ?? 'var(--steno-screen)';
  span.style.backgroundColor = front ?? 'var(--steno-text)';
}
