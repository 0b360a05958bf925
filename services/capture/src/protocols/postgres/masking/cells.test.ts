import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Slab, bytesOf, slabForMany } from '../slab.js';
import { Cells } from './cells.js';
import type { Changed } from './cells.js';

interface Cell {
  readonly value: Buffer | null;
  /** What it becomes; undefined: it stays. */
  readonly by: Buffer | string | null | undefined;
}

const bytes = fc.uint8Array({ maxLength: 100 }).map((value) => Buffer.from(value));
const cell: fc.Arbitrary<Cell> = fc.record({
  value: fc.option(bytes),
  by: fc.oneof(
    fc.constantFrom(undefined, null),
    bytes,
    fc.string({ unit: 'binary-ascii', maxLength: 100 }),
  ),
});

function written(value: Buffer | string | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(value?.length ?? -1);
  return Buffer.concat([length, Buffer.from(value ?? '')]);
}

/** Of no value, and of one without bytes, nothing is changed. */
const becomes = ({ value, by }: Cell) =>
  value === null || value.length === 0 || by === undefined ? value : by;

it('writes what changed in its place and all else as it was, whatever room there is', () => {
  const rows = fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.boolean(), fc.nat(5), (all, isShared, room) => {
      const shared = slabForMany();
      const kept: { readonly got: Buffer; readonly wanted: Buffer }[] = [];
      for (const row of all) {
        const head = Buffer.from('head');
        const source = Buffer.concat([head, ...row.map(({ value }) => written(value))]);
        const slab = isShared ? shared : new Slab();
        const span = { source, start: 0, end: source.length };
        const cells = new Cells({ slab, room }).begin(span, head.length);
        cells.each(row.length, (index): Changed => row[index]?.by);
        expect(cells.isAll).toBe(true);
        const rewritten = cells.rewritten();
        const wanted = Buffer.concat([head, ...row.map((each) => written(becomes(each)))]);
        if (rewritten === undefined) expect(wanted).toEqual(source);
        else kept.push({ got: bytesOf(rewritten).subarray(room), wanted });
      }
      // What was written first is as it was when all is.
      for (const { got, wanted } of kept) expect(got).toEqual(wanted);
    }),
  );
});

it('is not sound where a length leads out of the source', () => {
  const source = written(Buffer.from('value'));
  for (let end = 0; end < source.length; end += 1) {
    const cells = new Cells().begin({ source, start: 0, end }, 0);
    cells.each(1, () => null);
    expect(cells.isSound).toBe(false);
  }
});
