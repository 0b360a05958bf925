/** What a Postgres server sends for a result: RowDescription and DataRow in full framing. */
export function resultBytes(columns: readonly string[], rows: readonly string[][]): Buffer {
  return Buffer.concat([message('T', [descriptionBytes(columns)]), rowBytes(rows)]);
}

/** The body of RowDescription, all columns as text. */
export function descriptionBytes(columns: readonly string[]): Buffer {
  return Buffer.concat([
    int16(columns.length),
    ...columns.flatMap((name) => [
      Buffer.from(`${name}\0`),
      Buffer.alloc(6), // table, column
      int32(25), // text
      int16(-1),
      int32(-1),
      int16(0), // format: text
    ]),
  ]);
}

/** DataRow after DataRow, in full framing. */
export function rowBytes(rows: readonly string[][]): Buffer {
  return Buffer.concat([
    ...rows.map((row) =>
      message('D', [
        int16(row.length),
        ...row.flatMap((value) => [int32(Buffer.byteLength(value)), Buffer.from(value)]),
      ]),
    ),
  ]);
}

/** The body of an ErrorResponse. */
export function errorBytes(code: string, text: string): Buffer {
  return Buffer.from(`SERROR\0VERROR\0C${code}\0M${text}\0\0`);
}

/** A Bind message from its parameter formats on, all values as text. */
export function bindBytes(values: readonly (string | null)[]): Buffer {
  return Buffer.concat([
    int16(0),
    int16(values.length),
    ...values.flatMap((value) =>
      value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)],
    ),
  ]);
}

function message(type: string, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
