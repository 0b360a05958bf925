const HEADER_BYTES = 5;
/** The longest RowDescription of Postgres has 137 KB. */
const KEPT_BYTES = 160 * 1024;

/** The header of a message: its type, and a length that counts itself. */
export function headerOf(type: number, bodyLength: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = type;
  header.writeUInt32BE(bodyLength + 4, 1);
  return header;
}

/** The head of a message that comes in parts and is too long to be held. */
export class LongMessage {
  private readonly parts: Buffer[];
  private bytes = 0;

  constructor(header: Buffer) {
    this.parts = [header];
  }

  add(bytes: Buffer): void {
    const room = KEPT_BYTES - this.bytes;
    if (room <= 0) return;
    this.parts.push(Buffer.from(bytes.subarray(0, room)));
    this.bytes += Math.min(room, bytes.length);
  }

  /** What is kept of its body, with the header before it in memory. */
  body(): Buffer {
    return Buffer.concat(this.parts).subarray(HEADER_BYTES);
  }
}
