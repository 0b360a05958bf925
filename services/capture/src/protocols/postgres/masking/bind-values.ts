import type { Redaction } from '../../../masking/redaction.js';
import { bytesOf, spanOf } from '../slab.js';
import { Cells } from './cells.js';
import { FieldMasker } from './field-masker.js';
import { planTold } from './row-plan.js';

const INT16_BYTES = 2;
const BINARY = 1;
const NO_NAMES: ReadonlyMap<number, string> = new Map();

/**
 * The values of a Bind without what is sensitive, for the record: Int16(n) Int16[n](formats)
 * Int16(m) {Int32(length) Byte[length]}[m]. `columns`: by the number of the parameter, from 1.
 */
export function redactBinds(values: Buffer, redaction: Redaction, columns = NO_NAMES): Buffer {
  if (values.length < 2 * INT16_BYTES) return values;
  const formats = values.readUInt16BE(0);
  const start = INT16_BYTES * (formats + 1);
  if (start + INT16_BYTES > values.length) return values;
  const isBinary = (index: number) => {
    if (formats === 0) return false;
    const at = formats === 1 ? 0 : index;
    return at < formats && values.readUInt16BE(INT16_BYTES * (at + 1)) === BINARY;
  };
  const { masking, tally } = redaction;
  const fields = new FieldMasker(masking, tally);
  const cells = new Cells().begin(spanOf(values), start + INT16_BYTES);
  cells.each(values.readUInt16BE(start), (index, source, from, end) => {
    const column = columns.get(index + 1);
    const names = column === undefined ? [] : [{ column }];
    return fields.maskAt(
      source,
      from,
      end,
      planTold({ names, typeOid: 0 }, masking, isBinary(index)),
    );
  });
  const rewritten = cells.rewritten();
  return rewritten === undefined ? values : bytesOf(rewritten);
}
