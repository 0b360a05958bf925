import { MessageScanner, withHeader } from '@steno/wire-postgres';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outgoing } from './outgoing.js';
import { slabForMany, spanOf } from './slab.js';

const REPLACED = 0x45;
const OWN = Buffer.from('[own]');
const WHOLE_MESSAGE_BYTES = 8;

/** What a client gets of the chunks when each message of one type is replaced. */
function relayed(chunks: readonly Buffer[], hold: boolean): Buffer[] {
  const outgoing = new Outgoing();
  const scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: 1000,
    wholeMessageBytes: WHOLE_MESSAGE_BYTES,
  });
  return chunks.map((chunk) => {
    outgoing.begin(chunk);
    scanner.scan(chunk, {
      span: (type, start, end) => {
        if (type === REPLACED && hold) outgoing.replace(start - 5, end, spanOf(OWN));
        else outgoing.end(end);
      },
      message: (type, body, end) => {
        outgoing.assembled(spanOf(type === REPLACED && hold ? OWN : withHeader(body)), end);
      },
      begin: (type, length, start) => {
        const header = Buffer.alloc(5);
        header[0] = type;
        header.writeUInt32BE(length + 4, 1);
        outgoing.streamed(header, start);
      },
      part: () => undefined,
      end: (_type, end) => {
        outgoing.end(end);
      },
    });
    return Buffer.concat(outgoing.finish(hold));
  });
}

function frame(type: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header[0] = type;
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

const message = fc
  .record({
    type: fc.constantFrom(REPLACED, 0x44, 0x5a),
    body: fc.uint8Array({ maxLength: 3 * WHOLE_MESSAGE_BYTES }),
  })
  .map(({ type, body }) => ({ type, bytes: frame(type, body), length: body.length }));

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('what goes to the client', () => {
  it('is what came, chunk by chunk, where nothing is held', () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, places) => {
        const chunks = cut(Buffer.concat(messages.map(({ bytes }) => bytes)), places);
        expect(relayed(chunks, false)).toEqual(chunks);
      }),
    );
  });

  it('has something else in place of a message, however the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, places) => {
        const chunks = cut(Buffer.concat(messages.map(({ bytes }) => bytes)), places);
        const expected = messages.map(({ type, bytes, length }) =>
          type === REPLACED && length <= WHOLE_MESSAGE_BYTES ? OWN : bytes,
        );
        expect(Buffer.concat(relayed(chunks, true))).toEqual(Buffer.concat(expected));
      }),
    );
  });

  it('is one piece where what replaces messages lies side by side', () => {
    const slab = slabForMany();
    const outgoing = new Outgoing();
    const chunk = Buffer.concat([frame(0x44, OWN), frame(0x44, OWN), frame(0x5a, OWN)]);
    outgoing.begin(chunk);
    for (const start of [0, 10]) {
      slab.reserve(2);
      const begun = slab.end;
      slab.end += slab.bytes.write(start === 0 ? 'a' : 'b', begun);
      outgoing.replace(start, start + 10, { source: slab.bytes, start: begun, end: slab.end });
    }
    outgoing.end(30);
    const pieces = outgoing.finish(true);
    expect(pieces).toEqual([Buffer.from('ab'), frame(0x5a, OWN)]);
  });

  it('waits for the end of a message that began to go out, and no longer', () => {
    const [first, second] = [frame(0x44, Buffer.from('one')), frame(0x44, Buffer.from('two'))];
    const outgoing = new Outgoing();
    outgoing.begin(first.subarray(0, 6));
    expect(Buffer.concat(outgoing.finish(false))).toEqual(first.subarray(0, 6));
    const chunk = Buffer.concat([first.subarray(6), second.subarray(0, 6)]);
    outgoing.begin(chunk);
    outgoing.assembled(spanOf(first), 2);
    expect(Buffer.concat(outgoing.finish(true))).toEqual(first.subarray(6));
    outgoing.begin(second.subarray(6));
    outgoing.assembled(spanOf(second), 2);
    expect(Buffer.concat(outgoing.finish(false))).toEqual(second);
  });
});
