/** One record of a batch as it stands in the log; views into the batch, nothing is copied. */
export interface StoredRecord {
  /** Empty in a record that only carries parts of content. */
  readonly raw: Uint8Array;
  readonly contents: readonly StoredPart[];
  readonly signature: Uint8Array;
}

export interface StoredPart {
  /** Empty beside raw. */
  readonly stream: string;
  readonly position: number;
  readonly index: number;
  readonly part: number;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

export interface MalformedBatch {
  readonly malformed: string;
  /** Byte at which reading ended. */
  readonly at: number;
}

const EMPTY: Uint8Array = new Uint8Array(0);
const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;

/**
 * Reads fields of protobuf's wire format within fixed bounds; `bad` is sticky. Not a general
 * decoder: varints and lengths only.
 */
class FieldReader {
  bad = '';
  field = 0;
  wire = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly end: number,
  ) {}

  next(): boolean {
    if (this.at >= this.end || this.bad !== '') return false;
    const tag = this.varint();
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.wire !== WIRE_VARINT && this.wire !== WIRE_LENGTH) this.bad = `wire type ${this.wire}`;
    // No field has this number; a block that a disk lost is full of them.
    if (this.field === 0) this.bad ||= 'field 0';
    return this.bad === '';
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.bytes[this.at];
      if (byte === undefined || this.at >= this.end) break;
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    this.bad = 'a number that does not end';
    return 0;
  }

  view(): Uint8Array {
    const size = this.varint();
    if (this.bad !== '' || this.at + size > this.end) {
      this.bad ||= 'a length beyond its message';
      return EMPTY;
    }
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  /** The message that the field holds, without a view of its bytes. */
  message(): FieldReader {
    const size = this.varint();
    if (this.bad !== '' || this.at + size > this.end) {
      this.bad ||= 'a length beyond its message';
      return new FieldReader(EMPTY, 0, 0);
    }
    this.at += size;
    return new FieldReader(this.bytes, this.at - size, this.at);
  }

  skip(): void {
    if (this.wire === WIRE_VARINT) this.varint();
    else this.view();
  }
}

/** The records of steno.v1.Batch in order, or what is wrong with the bytes. */
export function readBatch(bytes: Uint8Array): readonly StoredRecord[] | MalformedBatch {
  const records: StoredRecord[] = [];
  const reader = new FieldReader(bytes, 0, bytes.length);
  while (reader.next()) {
    if (reader.field !== 1) {
      reader.skip();
      continue;
    }
    const body = reader.message();
    if (reader.bad !== '') break;
    const record = readRecord(body);
    if (typeof record === 'string') return { malformed: record, at: reader.at };
    records.push(record);
  }
  return reader.bad === '' ? records : { malformed: reader.bad, at: reader.at };
}

function readRecord(reader: FieldReader): StoredRecord | string {
  let raw = EMPTY;
  let signature = EMPTY;
  const contents: StoredPart[] = [];
  while (reader.next()) {
    if (reader.field === 1) raw = reader.view();
    else if (reader.field === 3) signature = reader.view();
    else if (reader.field === 2) {
      const part = readPart(reader.message());
      if (typeof part === 'string') return part;
      contents.push(part);
    } else reader.skip();
  }
  return reader.bad === '' ? { raw, contents, signature } : reader.bad;
}

function readPart(reader: FieldReader): StoredPart | string {
  const part = { stream: '', position: 0, index: 0, part: 0, kind: '', bytes: EMPTY };
  while (reader.next()) {
    if (reader.field === 1) part.stream = text(reader.view());
    else if (reader.field === 2) part.position = reader.varint();
    else if (reader.field === 3) part.index = reader.varint();
    else if (reader.field === 4) part.part = reader.varint();
    else if (reader.field === 5) part.kind = text(reader.view());
    else if (reader.field === 6) part.bytes = reader.view();
    else reader.skip();
  }
  return reader.bad === '' ? part : reader.bad;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
