import { describe, expect, it } from 'vitest';
import { tailScreen } from './tail-screen.js';

const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ansi: `line ${index}\r\n` }));

describe('tailScreen', () => {
  it('is empty for nothing', () => {
    expect(tailScreen([], { rows: 3 })).toBe('');
  });

  it('keeps all that fits, and where the cursor is', () => {
    expect(tailScreen(lines(2), { rows: 3, scrollback: 0 })).toBe('line 0\r\nline 1\r\n');
    expect(tailScreen([{ ansi: 'a\r\nb' }, { ansi: 'c' }], { rows: 3 })).toBe('a\r\nbc');
  });

  it('keeps the last rows and the scrollback', () => {
    expect(tailScreen(lines(10), { rows: 2, scrollback: 1 })).toBe('line 8\r\nline 9\r\n');
    const many = tailScreen(lines(5_000), { rows: 36 }).split('\r\n');
    expect(many).toHaveLength(2_036);
    expect(many[0]).toBe('line 2965');
  });

  it('joins line ends that two chunks share', () => {
    const size = { rows: 2, scrollback: 0 };
    expect(tailScreen([{ ansi: 'a\r' }, { ansi: '\nb\r\n' }, { ansi: 'c' }], size)).toBe('b\r\nc');
  });

  it('counts wrapped rows and cuts the first line at one', () => {
    const chunks = [{ ansi: 'abcdefghij\r\nxy' }];
    expect(tailScreen(chunks, { rows: 2, scrollback: 0, cols: 4 })).toBe('ij\r\nxy');
    expect(tailScreen(chunks, { rows: 3, scrollback: 0, cols: 4 })).toBe('efghij\r\nxy');
    expect(tailScreen([{ ansi: 'abcd\r\n' }], { rows: 2, scrollback: 0, cols: 4 })).toBe(
      'abcd\r\n',
    );
  });

  it('wraps wide characters as a whole', () => {
    expect(tailScreen([{ ansi: 'a日日b' }], { rows: 1, scrollback: 0, cols: 4 })).toBe('日b');
    expect(tailScreen([{ ansi: 'ae\u0301日b' }], { rows: 1, scrollback: 0, cols: 4 })).toBe('b');
  });

  it('carries the attributes into what is left', () => {
    const wrapped = [{ ansi: '\x1b[1;31mabcdefgh\x1b[0mij\r\n' }];
    expect(tailScreen(wrapped, { rows: 3, scrollback: 0, cols: 4 })).toBe(
      '\x1b[1;31mefgh\x1b[0mij\r\n',
    );
    expect(tailScreen(wrapped, { rows: 2, scrollback: 0, cols: 4 })).toBe('ij\r\n');
    const across = [{ ansi: 'a\x1b[2mb\r\nc\x1b[1m\r\nd\x1b[0me' }];
    expect(tailScreen(across, { rows: 2, scrollback: 0 })).toBe('\x1b[2mc\x1b[1m\r\nd\x1b[0me');
    expect(tailScreen(across, { rows: 1, scrollback: 0 })).toBe('\x1b[2;1md\x1b[0me');
  });
});
