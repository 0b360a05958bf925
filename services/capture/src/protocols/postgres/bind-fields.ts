/** Of a Bind, what the gateway needs to know. */
export interface BindFields {
  readonly parameters: number;
  /** Where the parameters end in the bytes that were given. */
  readonly end: number;
  /** Format codes of the results; undefined where all are text, as they mostly are. */
  readonly resultFormats: Buffer | undefined;
}

const NO_FIELDS: BindFields = { parameters: 0, end: 0, resultFormats: undefined };

/**
 * Reads a Bind from its parameter formats on: Int16(n) Int16[n] Int16(m) {Int32(length)
 * Byte[length]}[m] Int16(k) Int16[k]. It is NOT a decoder: values are skipped, and where the bytes
 * end early all of them count as parameters.
 */
export function bindFields(bytes: Buffer): BindFields {
  if (bytes.length < 4) return NO_FIELDS;
  let at = 2 + 2 * bytes.readUInt16BE(0);
  if (at + 2 > bytes.length) return { ...NO_FIELDS, end: bytes.length };
  const parameters = bytes.readUInt16BE(at);
  at += 2;
  for (let left = parameters; left > 0 && at + 4 <= bytes.length; left -= 1) {
    at += 4 + Math.max(0, bytes.readInt32BE(at));
  }
  if (at + 2 > bytes.length) return { parameters, end: bytes.length, resultFormats: undefined };
  const formats = bytes.subarray(at + 2);
  const isBinary = formats.length >= 2 && formats.includes(1);
  return { parameters, end: at, resultFormats: isBinary ? formats : undefined };
}
