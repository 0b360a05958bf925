import { ProtoWriter, encodeColumns } from '@steno/sessions';
import { decodeRowDescription, isMalformed } from '@steno/wire-postgres';

const COLUMNS_MAX = 200;
const COLUMN_NAME_MAX = 128;
const REMEMBERED_MAX = 64;
const REMEMBERED_BYTES_MAX = 512;
const NO_COLUMNS = Buffer.alloc(0);

/** The columns of a response, as they stand inside response.completed. */
export interface Described {
  readonly columns: Buffer;
  readonly leftOut: number;
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
    const decoded = decodeRowDescription(body);
    if (isMalformed(decoded)) return { columns: NO_COLUMNS, leftOut: 0 };
    const listed = decoded.fields.slice(0, COLUMNS_MAX).map((field) => ({
      name: field.name.slice(0, COLUMN_NAME_MAX),
      type: field.typeOid,
      format: field.format === 1 ? ('binary' as const) : ('text' as const),
    }));
    const described = {
      columns: encodeColumns(this.writer, listed),
      leftOut: decoded.fields.length - listed.length,
    };
    if (key !== undefined && this.remembered.size < REMEMBERED_MAX) {
      this.remembered.set(key, described);
    }
    return described;
  }
}

/**
 * A RowDescription whose formats are those that the Bind asked for, since a statement's own says
 * text for all.
 */
export function withFormats(description: Buffer, resultFormats: Buffer | undefined): Buffer {
  const count = resultFormats?.length ?? 0;
  const decoded = decodeRowDescription(description);
  if (resultFormats === undefined || count === 0 || isMalformed(decoded)) return description;
  const named = Buffer.from(description);
  let at = 2;
  decoded.fields.forEach((_, index) => {
    at = named.indexOf(0, at) + 1 + 16;
    const format = resultFormats.readInt16BE(count === 2 ? 0 : Math.min(index * 2, count - 2));
    named.writeInt16BE(format, at);
    at += 2;
  });
  return named;
}
