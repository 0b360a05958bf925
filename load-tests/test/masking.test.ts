import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isHeldOut, parseRow, readCorpus } from '../masking/corpus.js';
import { generatedFile, generateLines } from '../masking/generate.js';
import { luhnDigit } from '../masking/numbers.js';
import { precision, recall, scoreRows, structured, sum } from '../masking/score.js';

const rows = readCorpus();
const generated = generateLines();
/** What the gate promises of structured identifiers. */
const bar = 0.97;

describe('the labelled corpus', () => {
  it('has 2,000 rows, of which 300 are by hand, and a part that is held out', () => {
    expect(rows.length).toBeGreaterThanOrEqual(2000);
    expect(rows.length - generated.length).toBeGreaterThanOrEqual(300);
    const share = rows.filter(isHeldOut).length / rows.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
  });

  it('is what the generator makes', () => {
    expect(readFileSync(generatedFile, 'utf8')).toBe(`${generated.join('\n')}\n`);
  });

  it('reads marks, columns and breaks', () => {
    expect(parseRow('[[note]] a¦b «email:x@¦y.z»⏎c')).toEqual({
      text: 'ab x@y.z\nc',
      column: 'note',
      labels: [{ type: 'email', start: 3, end: 8 }],
    });
    expect(() => parseRow('«none:x»')).toThrow('no such type');
  });

  it('knows the check digit of a card from a published example', () => {
    expect(luhnDigit('7992739871')).toBe('3');
  });
});

describe.each([
  ['the open part', rows.filter((row) => !isHeldOut(row))],
  ['the held-out part', rows.filter(isHeldOut)],
])('%s', (_name, part) => {
  const total = sum(scoreRows(part), structured);

  it('is found', () => {
    expect(recall(total)).toBeGreaterThanOrEqual(bar);
  });

  it('is told from what only looks like it', () => {
    expect(precision(total)).toBeGreaterThanOrEqual(bar);
  });
});

describe('the score', () => {
  it('falls with each label that is missed, of another type or with other borders', () => {
    const score = (line: string) => sum(scoreRows([parseRow(line)]), structured);
    expect(score('«email:a@b.co»')).toEqual({ labelled: 1, found: 1, right: 1 });
    expect(score('«phone:a@b.co»')).toEqual({ labelled: 1, found: 1, right: 0 });
    expect(score('«email:to a@b.co»')).toEqual({ labelled: 1, found: 1, right: 0 });
    expect(score('«email:nobody»')).toEqual({ labelled: 1, found: 0, right: 0 });
  });
});
