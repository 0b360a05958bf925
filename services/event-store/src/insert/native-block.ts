import { ByteWriter } from './byte-writer.js';

// A block of ClickHouse's Native format (its manual, "Native"; for LowCardinality its source,
// SerializationLowCardinality): columns behind each other, each with its name and type. The server
// takes it as it is, where rows are taken apart value by value. It is not: nullable columns,
// arrays, compression, more than one block. Numbers are little-endian, as where Node runs.

export interface NativeColumn {
  /** As ClickHouse names it. */
  readonly type: string;
  /** Rows so far. */
  readonly rows: number;
  writeTo(out: ByteWriter): void;
}

/** The rows of one insert: whoever adds one adds a value to each column. */
export class NativeBlock<Columns extends Readonly<Record<string, NativeColumn>>> {
  constructor(readonly columns: Columns) {}

  /** Names of its columns, with commas between them. */
  get names(): string {
    return Object.keys(this.columns).join(', ');
  }

  get rows(): number {
    return Object.values(this.columns)[0]?.rows ?? 0;
  }

  get bytes(): Buffer {
    const columns = Object.entries(this.columns);
    const { rows } = this;
    const out = new ByteWriter();
    out.varint(columns.length);
    out.varint(rows);
    for (const [name, column] of columns) {
      if (column.rows !== rows) throw new Error(`${name} has ${column.rows} rows of ${rows}`);
      out.string(name);
      out.string(column.type);
      column.writeTo(out);
    }
    return out.bytes;
  }
}

/** Texts that differ from row to row, and bytes. */
export class TextColumn implements NativeColumn {
  readonly type = 'String';
  rows = 0;
  private readonly values = new ByteWriter();

  add(text: string): void {
    this.values.string(text);
    this.rows += 1;
  }

  addBytes(bytes: Uint8Array): void {
    this.values.blob(bytes);
    this.rows += 1;
  }

  writeTo(out: ByteWriter): void {
    out.raw(this.values.bytes);
  }
}

/** Shared dictionaries with keys of their own; the only version there is. */
const DICTIONARY_VERSION = 1;
/** The dictionary stands in the block, and is to be added to that of the table. */
const DICTIONARY_FLAGS = 0x600;
const INDEX_TYPES = [
  { flag: 0, max: 2 ** 8, array: Uint8Array },
  { flag: 1, max: 2 ** 16, array: Uint16Array },
  { flag: 2, max: 2 ** 32, array: Uint32Array },
] as const;

/** Texts of which there are few: each is sent once. */
export class WordColumn implements NativeColumn {
  readonly type = 'LowCardinality(String)';
  private readonly dictionary = new Map<string, number>();
  private readonly indexes: number[] = [];

  get rows(): number {
    return this.indexes.length;
  }

  add(word: string): void {
    let index = this.dictionary.get(word);
    if (index === undefined) {
      index = this.dictionary.size;
      this.dictionary.set(word, index);
    }
    this.indexes.push(index);
  }

  writeTo(out: ByteWriter): void {
    const { size } = this.dictionary;
    const { flag, array } = INDEX_TYPES.find(({ max }) => size <= max) ?? INDEX_TYPES[2];
    out.integer(DICTIONARY_VERSION);
    out.integer(DICTIONARY_FLAGS | flag);
    out.integer(size);
    for (const word of this.dictionary.keys()) out.string(word);
    out.integer(this.indexes.length);
    const indexes = array.from(this.indexes);
    out.raw(new Uint8Array(indexes.buffer, indexes.byteOffset, indexes.byteLength));
  }
}

const NUMBER_TYPES = { UInt8: Uint8Array, UInt16: Uint16Array, UInt32: Uint32Array } as const;

/** Whole numbers of at most 32 bits. */
export class NumberColumn implements NativeColumn {
  private readonly values: number[] = [];

  constructor(readonly type: keyof typeof NUMBER_TYPES) {}

  get rows(): number {
    return this.values.length;
  }

  add(value: number): void {
    this.values.push(value);
  }

  writeTo(out: ByteWriter): void {
    const values = NUMBER_TYPES[this.type].from(this.values);
    out.raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

/** Numbers of 64 bits, with or without a sign. */
export class LongColumn implements NativeColumn {
  rows = 0;
  private readonly values = new ByteWriter();

  constructor(readonly type: 'UInt64' | "DateTime64(9, 'UTC')") {}

  /** A whole number that a double holds. */
  add(value: number): void {
    this.values.integer(value);
    this.rows += 1;
  }

  addBig(value: bigint): void {
    this.values.long(value);
    this.rows += 1;
  }

  writeTo(out: ByteWriter): void {
    out.raw(this.values.bytes);
  }
}
