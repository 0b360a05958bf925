import { describe, expect, it } from 'vitest';
import { assignTags, showsTag, transactionAfter } from './command-tags.js';
import type { Block, TransactionState } from './command-tags.js';

const rows = (count: number, whole = true): Block => ({ kind: 'rows', rows: count, whole });
const copy = (count: number): Block => ({ kind: 'copy', rows: count, whole: true });

describe('assignTags', () => {
  const pairs = (tags: string[], blocks: Block[]) =>
    assignTags(tags, blocks).map(({ tag, block }) => [tag ?? '', block ?? '']);

  it('gives each reader its rows', () => {
    expect(pairs(['SELECT 1', 'INSERT 0 1', 'SELECT 2'], [rows(1), rows(2)])).toEqual([
      ['SELECT 1', 0],
      ['INSERT 0 1', ''],
      ['SELECT 2', 1],
    ]);
  });

  it('gives RETURNING its rows where there are enough tables', () => {
    expect(pairs(['INSERT 0 1', 'SELECT 1'], [rows(1), rows(1)])).toEqual([
      ['INSERT 0 1', 0],
      ['SELECT 1', 1],
    ]);
    expect(pairs(['UPDATE 3', 'DELETE 2'], [rows(2)])).toEqual([
      ['UPDATE 3', ''],
      ['DELETE 2', 0],
    ]);
  });

  it('tells CREATE TABLE AS from SELECT by the number of rows', () => {
    expect(pairs(['SELECT 3', 'SELECT 1'], [rows(1)])).toEqual([
      ['SELECT 3', ''],
      ['SELECT 1', 0],
    ]);
  });

  it('keeps COPY and tables apart, and output without a tag', () => {
    expect(pairs(['COPY 2', 'SHOW'], [copy(2), rows(1), rows(4)])).toEqual([
      ['COPY 2', 0],
      ['SHOW', 1],
      ['', 2],
    ]);
    expect(pairs(['SELECT 100'], [rows(7, false)])).toEqual([['SELECT 100', 0]]);
  });

  it('shows a tag where no table stands for it', () => {
    const shown = assignTags(['SELECT 1', 'INSERT 0 1', 'BEGIN', 'COPY 1'], [rows(1), copy(1)]);
    expect(shown.filter(showsTag).map(({ tag }) => tag)).toEqual(['INSERT 0 1', 'BEGIN']);
    expect(showsTag({ tag: 'INSERT 0 1', block: 0 })).toBe(true);
  });
});

describe('transactionAfter', () => {
  it.each<[TransactionState, string, string[], boolean, TransactionState]>([
    ['idle', 'begin', ['BEGIN'], false, 'open'],
    ['idle', 'start transaction', ['START TRANSACTION'], false, 'open'],
    ['open', 'select 1', ['SELECT 1'], false, 'open'],
    ['open', 'oops', [], true, 'failed'],
    ['idle', 'oops', [], true, 'idle'],
    ['idle', 'begin; oops', ['BEGIN'], true, 'failed'],
    ['open', 'commit', ['COMMIT'], false, 'idle'],
    ['open', 'commit and chain', ['COMMIT'], false, 'open'],
    ['failed', 'commit', ['ROLLBACK'], false, 'idle'],
    ['failed', 'select 1', [], true, 'failed'],
    ['failed', 'rollback to savepoint s', ['ROLLBACK'], false, 'open'],
    ['failed', 'ROLLBACK TO s', ['ROLLBACK'], false, 'open'],
    ['open', 'abort', ['ROLLBACK'], false, 'idle'],
    ['open', "prepare transaction 'x'", ['PREPARE TRANSACTION'], false, 'idle'],
    ['idle', 'begin; select 1; commit', ['BEGIN', 'SELECT 1', 'COMMIT'], false, 'idle'],
  ])('%s, %s', (...row) => {
    const [before, text, tags, failed, after] = row;
    expect(transactionAfter(before, { tags, failed, text })).toBe(after);
  });
});
