import type { IBufferCell, IBufferLine } from '@xterm/headless';

/** Neighbouring cells that look alike. */
export interface Run {
  readonly text: string;
  /** Cells that it takes; not the same as its length. */
  readonly width: number;
  readonly wide: boolean;
  readonly look: Look;
}

/** A colour: undefined is the default; 0 to 15 the theme's; 0x1000000 and more is 24 bits. */
export type Color = number | undefined;

export interface Look {
  readonly foreground: Color;
  readonly background: Color;
  readonly flags: number;
}

export const BOLD = 1;
export const DIM = 2;
export const ITALIC = 4;
export const UNDERLINE = 8;
export const STRIKE = 16;
export const OVERLINE = 32;
export const INVERSE = 64;
export const HIDDEN = 128;

const rgbFlag = 0x1000000;

/** One line of the buffer as runs, without the blanks at its end. */
export function runsOf(line: IBufferLine, cell: IBufferCell): Run[] {
  const runs: { text: string; width: number; look: Look; wide: boolean }[] = [];
  for (let x = 0; x < line.length; x += 1) {
    if (line.getCell(x, cell) === undefined) break;
    const width = cell.getWidth();
    if (width === 0) continue;
    const look = lookOf(cell);
    const chars = cell.getChars() || ' ';
    const last = runs.at(-1);
    const wide = width > 1;
    // A wide glyph has a box of its own: fonts disagree about its width, the grid must not.
    if (last !== undefined && !wide && !last.wide && sameLook(last.look, look)) {
      last.text += chars;
      last.width += width;
    } else runs.push({ text: chars, width, look, wide });
  }
  const end = runs.at(-1);
  if (end === undefined || !isPlain(end.look)) return runs;
  const text = end.text.trimEnd();
  if (text === '') return runs.slice(0, -1);
  end.width -= end.text.length - text.length;
  end.text = text;
  return runs;
}

export const sameLook = (a: Look, b: Look): boolean =>
  a.foreground === b.foreground && a.background === b.background && a.flags === b.flags;

const visibleOnBlanks = UNDERLINE | STRIKE | OVERLINE | INVERSE;
const isPlain = ({ background, flags }: Look): boolean =>
  background === undefined && (flags & visibleOnBlanks) === 0;

function lookOf(cell: IBufferCell): Look {
  const flags =
    (cell.isBold() ? BOLD : 0) |
    (cell.isDim() ? DIM : 0) |
    (cell.isItalic() ? ITALIC : 0) |
    (cell.isUnderline() ? UNDERLINE : 0) |
    (cell.isStrikethrough() ? STRIKE : 0) |
    (cell.isOverline() ? OVERLINE : 0) |
    (cell.isInverse() ? INVERSE : 0) |
    (cell.isInvisible() ? HIDDEN : 0);
  return {
    foreground: cell.isFgDefault() ? undefined : colorOf(cell.isFgRGB(), cell.getFgColor()),
    background: cell.isBgDefault() ? undefined : colorOf(cell.isBgRGB(), cell.getBgColor()),
    flags,
  };
}

const cubeSteps = [0, 0x5f, 0x87, 0xaf, 0xd7, 0xff];

function colorOf(isRgb: boolean, value: number): Color {
  if (isRgb) return rgbFlag | value;
  if (value < 16) return value;
  if (value >= 232) {
    const grey = 8 + (value - 232) * 10;
    return rgbFlag | (grey << 16) | (grey << 8) | grey;
  }
  const step = (divisor: number): number => cubeSteps[Math.floor((value - 16) / divisor) % 6] ?? 0;
  return rgbFlag | (step(36) << 16) | (step(6) << 8) | step(1);
}

/** As CSS takes it; the theme's colours are custom properties. */
export function cssColor(color: number): string {
  return color >= rgbFlag
    ? `#${(color - rgbFlag).toString(16).padStart(6, '0')}`
    : `var(--steno-ansi-${color})`;
}
