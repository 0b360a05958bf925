import { describe, expect, it } from 'vitest';
import { ScreenModel } from './screen-model.js';
import { BOLD, INVERSE, cssColor, runsOf, type Run } from './screen-runs.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function linesOf(ansi: string, ...more: string[]): Promise<Run[][]> {
  const model = new ScreenModel();
  model.show({ t: 0, position: 0, cols: 20, rows: 4, ansi: encode(ansi) });
  for (const piece of more) model.write(encode(piece));
  await model.settled();
  const contents = model.contents();
  if (contents === undefined) throw new Error('no screen');
  const cell = contents.buffer.getNullCell();
  return Array.from({ length: contents.buffer.baseY + contents.rows }, (_, y) => {
    const line = contents.buffer.getLine(y);
    return line === undefined ? [] : runsOf(line, cell);
  });
}

const texts = (lines: Run[][]): string[] =>
  lines.map((runs) => runs.map(({ text }) => text).join(''));

describe('the screen', () => {
  it('is what was recorded, and goes on from there', async () => {
    const lines = await linesOf('one\r\ntwo', '\r\nthree', '\x1b[2Aend');
    expect(texts(lines)).toEqual(['one  end', 'two', 'three', '']);
  });

  it('keeps what has scrolled away', async () => {
    const lines = await linesOf('1\r\n2\r\n3\r\n4\r\n5\r\n6');
    expect(texts(lines)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('shows the newest of two moments, whichever was interpreted first', async () => {
    const model = new ScreenModel();
    const shot = { t: 0, position: 0, cols: 20, rows: 2 };
    model.show({ ...shot, ansi: encode('x'.repeat(500_000)) });
    model.show({ ...shot, ansi: encode('new') });
    await model.settled();
    const buffer = model.contents()?.buffer;
    expect(buffer?.getLine(0)?.translateToString(true)).toBe('new');
  });

  it('is no bigger than it may be', async () => {
    const model = new ScreenModel();
    model.show({ t: 0, position: 0, cols: 4_000_000, rows: 9999, ansi: encode('x') });
    await model.settled();
    expect(model.contents()).toMatchObject({ cols: 500, rows: 300 });
  });

  it('takes markup, titles, links and clipboard writes for text or nothing', async () => {
    const hostile = '\x1b]0;title\x07\x1b]52;c;eA==\x07\x1b]8;;javascript:x\x07a\x1b]8;;\x07<b>\0';
    expect(texts(await linesOf(hostile))[0]).toBe('a<b>');
  });
});

describe('runs', () => {
  it('join cells that look alike and part those that do not', async () => {
    const [line = []] = await linesOf('a\x1b[1mbc\x1b[0m\x1b[31md\x1b[7me\x1b[0m f');
    expect(line.map(({ text, look }) => [text, look.flags, look.foreground])).toEqual([
      ['a', 0, undefined],
      ['bc', BOLD, undefined],
      ['d', 0, 1],
      ['e', INVERSE, 1],
      [' f', 0, undefined],
    ]);
  });

  it('give a wide glyph a box of its own', async () => {
    const [line = []] = await linesOf('a日b');
    expect(line.map(({ text, width, wide }) => [text, width, wide])).toEqual([
      ['a', 1, false],
      ['日', 2, true],
      ['b', 1, false],
    ]);
  });

  it('know all colours', async () => {
    const [line = []] = await linesOf(
      '\x1b[38;5;9ma\x1b[38;5;196mb\x1b[38;5;244mc\x1b[38;2;1;2;3md',
    );
    expect(line.map(({ look }) => cssColor(look.foreground ?? 0))).toEqual([
      'var(--steno-ansi-9)',
      '#ff0000',
      '#808080',
      '#010203',
    ]);
  });
});
