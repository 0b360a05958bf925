import { ByteReader } from './byte-reader.js';
import { transcriptLimits } from './limits.js';
import { walkMessages } from './message-walker.js';
import { cut, decodeText, oneLine } from './printable.js';

const notificationResponse = 0x41; // A

/** Byte1('A') Int32 Int32(process) String(channel) String(payload), as psql reports it. */
export function notificationLines(pieces: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  for (const { type, body } of walkMessages(pieces)) {
    if (type !== notificationResponse) continue;
    const reader = new ByteReader(body);
    const pid = reader.int32();
    const channel = shown(reader.cstring());
    const payload = shown(reader.cstring());
    const what = payload === '' ? '' : ` with payload "${payload}"`;
    const from = `received from server process with PID ${pid}.`;
    lines.push(`Asynchronous notification "${channel}"${what} ${from}`);
  }
  return lines;
}

function shown(bytes: Uint8Array): string {
  const { lineMax } = transcriptLimits;
  return oneLine(cut(decodeText(bytes, lineMax), lineMax));
}
