import { ByteReader } from './byte-reader.js';
import type { Block } from './command-tags.js';
import { transcriptLimits } from './limits.js';
import { isOutputMessage, messageType, walkMessages } from './message-walker.js';
import { cut, decodeText } from './printable.js';
import { alignsRight, binaryText } from './types/decode.js';

/** A column of a result as its RowDescription, or the event, names it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: number;
  readonly binary: boolean;
  readonly right: boolean;
}

export interface OutputShape {
  readonly blocks: readonly Block[];
  /** False: something in it is no message that output can hold; reading stops there. */
  readonly readable: boolean;
}

/** Whether a message begins a block, though nothing came before it. */
export function opensBlock(type: number): boolean {
  const { rowDescription, copyOutResponse, functionCallResponse } = messageType;
  return [rowDescription, copyOutResponse, functionCallResponse].some((each) => each === type);
}

function kindOf(type: number): Block['kind'] {
  if (type === messageType.functionCallResponse) return 'function';
  const copies = type === messageType.copyData || type === messageType.copyOutResponse;
  return copies ? 'copy' : 'rows';
}

/** What the kept output consists of, from the frames of its messages alone. */
export function outputShape(pieces: readonly Uint8Array[], complete: boolean): OutputShape {
  const blocks: { kind: Block['kind']; rows: number; whole: boolean }[] = [];
  const messages = walkMessages(pieces);
  let result = messages.next();
  let readable = true;
  for (; result.done !== true; result = messages.next()) {
    const { type, whole } = result.value;
    if (!isOutputMessage(type)) {
      readable = false;
      break;
    }
    const kind = kindOf(type);
    const opens = opensBlock(type);
    const last = blocks.at(-1);
    if (opens || last === undefined) {
      const counts = whole && (!opens || kind === 'function');
      blocks.push({ kind, rows: counts ? 1 : 0, whole: true });
    } else if (whole) last.rows += 1;
  }
  if (result.done === true && result.value !== -1) readable = false;
  const last = blocks.at(-1);
  if (last !== undefined) last.whole = complete && readable;
  return { blocks, readable };
}

/** Int16 n, { String name, Int32 table, Int16 column, Int32 type, Int16, Int32, Int16 format }. */
export function readColumns(body: Uint8Array, nameMax: number): ResultColumn[] {
  const reader = new ByteReader(body);
  const count = Math.min(reader.uint16(), transcriptLimits.columnsMax);
  const columns: ResultColumn[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = cut(decodeText(reader.cstring(), nameMax), nameMax);
    reader.uint32();
    reader.int16();
    const type = reader.uint32();
    reader.int16();
    reader.int32();
    const binary = reader.int16() === 1;
    if (reader.failed) break;
    columns.push({ name, type, binary, right: alignsRight(type) });
  }
  return columns;
}

/**
 * Int16 n, { Int32 length or -1, bytes }. NULL is the empty text, as in psql. A row that was cut
 * gives the cells that are there; `columns` that are not known are named by the row itself.
 */
export function readRow(
  body: Uint8Array,
  columns: readonly ResultColumn[],
  cellMax: number,
): string[] {
  const reader = new ByteReader(body);
  const count = Math.min(reader.uint16(), columns.length);
  const cells: string[] = [];
  for (let index = 0; index < count && !reader.failed; index += 1) {
    const length = reader.int32();
    const beyond = length > reader.left;
    const bytes = length === -1 ? new Uint8Array() : beyond ? reader.rest() : reader.slice(length);
    const column = columns[index];
    const text =
      column?.binary === true && length !== -1 && !beyond
        ? binaryText(column.type, bytes, cellMax)
        : decodeText(bytes, cellMax);
    cells.push(beyond ? `${cut(text, cellMax - 1)}…` : cut(text, cellMax));
  }
  return cells;
}

/** Stand-ins where nothing tells the columns: the prepared statement was described long before. */
export function unnamedColumns(body: Uint8Array): ResultColumn[] {
  const count = Math.min(new ByteReader(body).uint16(), transcriptLimits.columnsMax);
  return Array.from({ length: count }, (_, index) => {
    return { name: `column${index + 1}`, type: 0, binary: false, right: false };
  });
}
