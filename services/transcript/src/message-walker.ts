/*
 * Walks the kept output of a Postgres response: server messages in full framing (type byte, Int32
 * length that counts itself, body), one after the other, in pieces cut anywhere. It is NOT a
 * protocol parser: only the frames are looked at, and the last one may be incomplete.
 */

export interface Message {
  readonly type: number;
  /** What is there of the body; a view where it lies in one piece. */
  readonly body: Uint8Array;
  /** False: the pieces end inside this message. */
  readonly whole: boolean;
}

export const messageType = {
  rowDescription: 0x54, // T
  dataRow: 0x44, // D
  copyOutResponse: 0x48, // H
  copyData: 0x64, // d
  functionCallResponse: 0x56, // V
} as const;

const outputTypes: readonly number[] = Object.values(messageType);

export function isOutputMessage(type: number): boolean {
  return outputTypes.includes(type);
}

const headerBytes = 5;

/** Yields each message; returns the number of bytes at which reading made no sense any more. */
export function* walkMessages(pieces: readonly Uint8Array[]): Generator<Message, number> {
  const bytes = new Pieces(pieces);
  while (bytes.left > 0) {
    const at = bytes.consumed;
    const header = bytes.take(headerBytes);
    if (header.length < headerBytes) return -1;
    const type = header[0] ?? 0;
    const view = new DataView(header.buffer, header.byteOffset, headerBytes);
    const bodyLength = view.getInt32(1) - 4;
    if (bodyLength < 0) return at;
    const body = bytes.take(bodyLength);
    yield { type, body, whole: body.length === bodyLength };
  }
  return -1;
}

/** A queue of bytes over several arrays that copies only what spans two of them. */
class Pieces {
  private index = 0;
  private offset = 0;
  left: number;
  consumed = 0;

  constructor(private readonly pieces: readonly Uint8Array[]) {
    this.left = pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  /** The next `length` bytes, or all that is left. */
  take(length: number): Uint8Array {
    const wanted = Math.min(length, this.left);
    this.left -= wanted;
    this.consumed += wanted;
    const first = this.within(wanted);
    if (first.length === wanted) return first;
    const joined = new Uint8Array(wanted);
    joined.set(first);
    for (let filled = first.length; filled < wanted;) {
      const part = this.within(wanted - filled);
      joined.set(part, filled);
      filled += part.length;
    }
    return joined;
  }

  private within(length: number): Uint8Array {
    while (this.offset === this.pieces[this.index]?.length) {
      this.index += 1;
      this.offset = 0;
    }
    const piece = this.pieces[this.index] ?? new Uint8Array();
    const end = Math.min(piece.length, this.offset + length);
    const part = piece.subarray(this.offset, end);
    this.offset = end;
    return part;
  }
}
