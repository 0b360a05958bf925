import { ProtoWriter, encodeColumns } from '@steno/sessions';
import { decodeRowDescription, isMalformed } from '@steno/wire-postgres';

/** Columns beyond these are counted, so that an envelope has room for them. */
const COLUMNS_MAX = 200;
const NAMES_BYTES_MAX = 16 * 1024;
const COLUMN_NAME_MAX = 128;
const REMEMBERED_MAX = 64;
const REMEMBERED_BYTES_MAX = 512;
/** Bytes of a column after its name: table, number, type, size, modifier, then its format. */
const BEFORE_FORMAT_BYTES = 16;

/** The columns of a response, as they stand inside response.completed. */
export interface Described {
  readonly columns: Buffer;
  readonly leftOut: number;
  /** Of the RowDescription. */
  readonly body: Buffer;
}

/** Columns by the body of the RowDescription that names them. */
export class RowDescriptions {
  private readonly writer = new ProtoWriter(256);
  private readonly remembered = new Map<string, Described>();

  /** The same statement describes itself by the same bytes each time. */
  columnsOf(body: Buffer): Described {
    const key = body.length <= REMEMBERED_BYTES_MAX ? body.toString('latin1') : undefined;
    const known = key === undefined ? undefined : this.remembered.get(key);
    if (known !== undefined) return known;
    const described = this.describe(Buffer.from(body));
    if (key !== undefined && this.remembered.size < REMEMBERED_MAX) {
      this.remembered.set(key, described);
    }
    return described;
  }

  /** As it describes rows that come in these formats, since a statement's own says text for all. */
  inFormats(described: Described, resultFormats: Buffer | undefined): Described {
    if (resultFormats === undefined) return described;
    return this.columnsOf(withFormats(described.body, resultFormats));
  }

  private describe(body: Buffer): Described {
    const decoded = decodeRowDescription(body);
    if (isMalformed(decoded)) return { columns: Buffer.alloc(0), leftOut: 0, body };
    const listed = [];
    let nameBytes = 0;
    for (const field of decoded.fields.slice(0, COLUMNS_MAX)) {
      const name = field.name.slice(0, COLUMN_NAME_MAX);
      nameBytes += Buffer.byteLength(name);
      if (nameBytes > NAMES_BYTES_MAX) break;
      const format = field.format === 1 ? ('binary' as const) : ('text' as const);
      listed.push({ name, type: field.typeOid, format });
    }
    const leftOut = decoded.fields.length - listed.length;
    return { columns: encodeColumns(this.writer, listed), leftOut, body };
  }
}

function withFormats(description: Buffer, resultFormats: Buffer): Buffer {
  const decoded = decodeRowDescription(description);
  if (isMalformed(decoded)) return description;
  const named = Buffer.from(description);
  const count = resultFormats.length >> 1;
  let at = 2;
  for (let index = 0; index < decoded.fields.length; index += 1) {
    at = named.indexOf(0, at) + 1 + BEFORE_FORMAT_BYTES;
    const from = count === 1 ? 0 : index;
    named.writeInt16BE(from < count ? resultFormats.readInt16BE(from * 2) : 0, at);
    at += 2;
  }
  return named;
}
