import { describe, expect, it } from 'vitest';
import { saslPrep } from './saslprep.js';

// What Postgres stores for such passwords is checked in scram.test.ts.
describe('saslPrep', () => {
  it.each([
    // RFC 4013, section 3.
    ['a soft hyphen', 'I\u00adX', 'IX'],
    ['ASCII', 'user', 'user'],
    ['upper case', 'USER', 'USER'],
    ['a feminine ordinal', '\u00aa', 'a'],
    ['a Roman numeral', '\u2168', 'IX'],
    ['a space that is not ASCII', 'a\u3000b', 'a b'],
    ['an accent apart', 'e\u0301', '\u00e9'],
    ['right-to-left text', '\ufe8d\u0628', '\u0627\u0628'],
  ])('prepares %s', (_name, password, prepared) => {
    expect(saslPrep(password)).toBe(prepared);
  });

  it.each([
    ['a control character in ASCII', '\u0007'],
    ['a control character beside an accent', '\u0007e\u0301'],
    ['a right-to-left character that does not end the string', '\u0627e\u0301'],
    ['right-to-left characters between digits', '1\ufe8d1'],
    ['nothing but what is mapped away', '\u00ad'],
    ['a character that Unicode 3.2 had not', '\u{1F600}e\u0301'],
    ['a private character', '\ue000e\u0301'],
    ['half of a surrogate pair', '\ud800e\u0301'],
  ])('leaves a password with %s as it is', (_name, password) => {
    expect(saslPrep(password)).toBe(password);
  });
});
