import { describe, expect, it } from 'vitest';
import { DEFAULTS, isWhole, parseOptions } from '../postgres/options.js';

describe('the options', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual(DEFAULTS);
  });

  it('are read', () => {
    const args = [
      ...['--log', 'kafka', '--rounds', '2', '--seconds=3'],
      ...['--paths', 'relay,steno-fast', '--clients', '4'],
    ];
    expect(parseOptions(args)).toEqual({
      log: 'kafka',
      rounds: 2,
      seconds: 3,
      paths: ['relay', 'steno-fast'],
      clients: [4],
    });
  });

  it.each([
    [['--rounds', '0'], '--rounds must be'],
    [['--seconds', '1.5'], '--seconds must be'],
    [['--clients', '1,,8'], '--clients must be'],
    [['--paths', 'direct,hoop'], "not 'hoop'"],
    [['--log', 'files'], "not 'files'"],
    [['--round', '1'], '--round'],
  ])('%j are refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  it.each([
    [[], true],
    [['--rounds', '9', '--clients', '1,8,32'], true],
    [['--rounds', '1'], false],
    [['--seconds', '1'], false],
    [['--paths', 'steno-fast,pgbouncer'], false],
    [['--clients', '8'], false],
  ])('%j make a run to keep: %s', (args, expected) => {
    expect(isWhole(parseOptions(args))).toBe(expected);
  });
});
