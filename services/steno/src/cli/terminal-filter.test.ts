import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TerminalFilter } from './terminal-filter.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const clean = (text: string): string => new TerminalFilter().push(bytes(text));

describe('what draws', () => {
  it.each([
    'plain é 🚀 text\r\n\tand\b more\n',
    '\u001B[1;31mred\u001B[0m',
    '\u001B[38;2;1;2;3m\u001B[38:5:7m',
    '\u001B[2J\u001B[H\u001B[10;5H\u001B[K\u001B[3A',
    '\u001B7\u001B8\u001BM',
    '\u001B(0lqk\u001B(B',
  ])('stays: %j', (text) => expect(clean(text)).toBe(text));
});

describe('what does something else', () => {
  it.each<[string, string, string]>([
    ['a title', 'a\u001B]0;owned\u0007b', 'ab'],
    ['the clipboard', 'a\u001B]52;c;ZXZpbA==\u001B\\b', 'ab'],
    ['a link', 'a\u001B]8;;http://x\u001B\\b\u001B]8;;\u001B\\', 'ab'],
    ['a device string', 'a\u001BP$q"p\u001B\\b', 'ab'],
    ['an application command', 'a\u001B_Gpayload\u001B\\b', 'ab'],
    ['a report', 'a\u001B[6n\u001B[c\u001B[>c\u001B[21tb', 'ab'],
    ['modes', 'a\u001B[?1049h\u001B[?2004h\u001B[?25lb', 'ab'],
    ['a reset', 'a\u001Bcb', 'ab'],
    ['eight-bit controls', 'a\u009B31m\u009D0;x\u0007b', 'a31m0;xb'],
    ['a bell', 'a\u0007b', 'ab'],
    ['printing', 'a\u001B[5ib', 'ab'],
    ['an endless sequence', `a\u001B[${'1;'.repeat(1000)}mb`, 'ab'],
    ['a string inside of a sequence', 'a\u001B[3\u001B]0;x\u0007b', 'ab'],
  ])('%s goes', (_, text, expected) => expect(clean(text)).toBe(expected));

  it('goes wherever the pieces are cut', () => {
    const text = 'é\u001B[1mx\u001B]52;c;evil\u001B\\🚀\u001B[6n\u001B(0y';
    const whole = bytes(text);
    for (let at = 0; at <= whole.length; at += 1) {
      const filter = new TerminalFilter();
      const parts = filter.push(whole.subarray(0, at)) + filter.push(whole.subarray(at));
      expect(parts).toBe(clean(text));
    }
  });

  it('goes from any bytes whatever', () => {
    const interesting = fc.constantFrom(0x1b, 0x5b, 0x5d, 0x50, 0x3f, 0x6e, 0x63, 0x07, 0x9b);
    const input = fc.array(fc.oneof(interesting, fc.nat(255)), { maxLength: 60 });
    const known = /\u001B(?:\[[\d;:]*[@A-Za-z`]|[78DEM]|\([0AB])/g;
    fc.assert(
      fc.property(input, (raw) => {
        const rest = new TerminalFilter().push(Uint8Array.from(raw)).replace(known, '');
        expect(rest.replace(/[\n\r\t\b]/g, '')).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 2000 },
    );
  });
});
