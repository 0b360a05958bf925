import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, decodeText, layOut, oneLine } from './printable.js';

describe('layOut', () => {
  it('leaves what is printable', () => {
    expect(layOut('plain')).toEqual({ lines: ['plain'], widths: [5], width: 5 });
    expect(layOut('Grüße 日本')).toEqual({ lines: ['Grüße 日本'], widths: [10], width: 10 });
  });

  it('writes control characters out as psql does', () => {
    expect(layOut('\x1b[2J\x00\x07\x7f').lines).toEqual(['\\x1B[2J\\x00\\x07\\x7F']);
    expect(layOut('\u0080\u009b31m').lines).toEqual(['\\u0080\\u009B31m']);
    expect(layOut('a\r\nb').lines).toEqual(['a\\r', 'b']);
  });

  it('moves a tab to the next stop of its line', () => {
    expect(layOut('a\tb\n\tc\n12345678\td').lines).toEqual([
      'a       b',
      '        c',
      '12345678        d',
    ]);
    expect(layOut('日\tx').lines).toEqual(['日      x']);
  });

  it('makes what turns or hides text visible', () => {
    expect(layOut('a\u202eb\u2066c\u200fd').lines).toEqual(['a\\u202Eb\\u2066c\\u200Fd']);
    expect(layOut('\ufeffx\u200b\u2028\u{e0041}').lines).toEqual([
      '\\uFEFFx\\u200B\\u2028\\U000E0041',
    ]);
  });

  it('counts columns by code point', () => {
    expect(layOut('e\u0301').width).toBe(1);
    expect(layOut('👩\u200d👧').width).toBe(4);
    expect(layOut('ﾊﾝ').width).toBe(2);
    expect(layOut('ab\n日本語\n').widths).toEqual([2, 6, 0]);
  });

  it('replaces halves of surrogate pairs', () => {
    expect(layOut('a\ud800b').lines).toEqual(['a\ufffdb']);
  });

  it('lets no other control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const line of layOut(text).lines) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('decodeText', () => {
  it('replaces what is no UTF-8', () => {
    expect(decodeText(Uint8Array.of(0x61, 0xff, 0xc3, 0x28))).toBe('a\ufffd\ufffd(');
  });

  it('reads no more than a cut needs', () => {
    const long = new Uint8Array(1_000_000).fill(0x61);
    expect(decodeText(long, 10)).toHaveLength(44);
    expect(cut(decodeText(long, 10), 10)).toBe('aaaaaaaaaa…');
  });
});

describe('cut', () => {
  it('counts code points and marks what it takes', () => {
    expect(cut('😀😀😀', 3)).toBe('😀😀😀');
    expect(cut('😀😀😀', 2)).toBe('😀😀…');
    expect(cut('abc', 3)).toBe('abc');
  });
});
