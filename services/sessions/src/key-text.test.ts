import { describe, expect, it } from 'vitest';
import { isKeyText, newKeyText } from './key-text.js';

describe('the text of a key', () => {
  it('has a form that scanners know, and 43 characters that nobody can guess', () => {
    const keys = Array.from({ length: 50 }, newKeyText);
    expect(new Set(keys).size).toBe(50);
    for (const key of keys) {
      expect(key).toMatch(/^steno_key_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
      expect(isKeyText(key)).toBe(true);
    }
  });

  it('ends with the CRC-32 of what stands before it', () => {
    // As Python's zlib.crc32 has it: 2997614770.
    expect(isKeyText(`steno_key_${'A'.repeat(43)}_3GrgXK`)).toBe(true);
  });

  it('is no key with any character of it changed', () => {
    const key = newKeyText();
    for (let at = 0; at < key.length; at += 1) {
      const other = key[at] === 'x' ? 'y' : 'x';
      expect(isKeyText(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
  });

  it.each(['', 'steno_key_', 'hunter2', `${newKeyText()} `, newKeyText().toUpperCase()])(
    'is not %j',
    (text) => expect(isKeyText(text)).toBe(false),
  );
});
