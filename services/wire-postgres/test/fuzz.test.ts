import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Malformed } from '../src/malformed.js';
import type { Side } from '../src/message-types.js';
import { type MessageSink, MessageScanner, headerBytes } from '../src/scanner.js';
import { parseStartup } from '../src/startup.js';
import { scanChunks, summary } from './collector.js';
import { decodeAll, typesOf } from './decoders.js';
import { directions, recordings } from './recordings.js';

const sides = ['frontend', 'backend'] as const;
const wholeMessageBytes = 512;
const maxMessageBytes = 4096;

/** xorshift32: the same bytes on every machine. */
function* randoms(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

function fillRandom(bytes: Buffer, random: Generator<number, never>): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(random.next().value, at);
}

/** Messages of random types, lengths and bytes; the last one ends with the stream. */
function fillWithMessages(
  stream: Buffer,
  types: readonly number[],
  random: Generator<number, never>,
): void {
  fillRandom(stream, random);
  for (let at = 0; at < stream.length;) {
    const value = random.next().value;
    const start = at + headerBytes;
    let end = start + (value % 64 === 0 ? value % 2000 : value % 40);
    if (end + headerBytes > stream.length) end = stream.length;
    stream[at] = types[(value >>> 16) % types.length] ?? 0;
    stream.writeUInt32BE(4 + end - start, at + 1);
    // Half of the bytes are small, so that counts and lengths in the body lead somewhere.
    for (let index = start; index < end; index += 1) {
      const byte = stream[index] ?? 0;
      if ((byte & 0x40) === 0) stream[index] = byte & 3;
    }
    at = end;
  }
}

/** Decodes everything, counts it, and checks that messages account for the bytes. */
class DecodingSink implements MessageSink {
  messages = 0;
  wellFormed = 0;
  bytes = 0;
  private readonly side: Side;

  constructor(side: Side) {
    this.side = side;
  }

  message(type: number, body: Buffer): void {
    this.messages += 1;
    this.bytes += headerBytes + body.length;
    const readings = decodeAll(this.side, type, body);
    if (readings.some((reading) => !(reading instanceof Malformed))) this.wellFormed += 1;
  }

  begin(): void {
    this.messages += 1;
    this.bytes += headerBytes;
  }

  part(_type: number, bytes: Buffer): void {
    this.bytes += bytes.length;
  }

  end(): void {}
}

describe('10 million random bytes', () => {
  const total = 10_000_000;

  /** Feeds `total` bytes in chunks of random sizes; after each failure a new scanner goes on. */
  function feed(side: Side, nextChunk: (size: number) => Buffer, random: Generator<number, never>) {
    const sink = new DecodingSink(side);
    const fresh = () => new MessageScanner({ side, wholeMessageBytes, maxMessageBytes });
    let scanner = fresh();
    let failures = 0;
    let bufferedMost = 0;
    for (let fed = 0; fed < total;) {
      const size = 1 + (random.next().value % 4096);
      const chunk = nextChunk(size);
      const malformed = scanner.scan(chunk, sink);
      bufferedMost = Math.max(bufferedMost, scanner.bufferedBytes);
      if (malformed !== undefined) {
        failures += 1;
        scanner = fresh();
      }
      fed += chunk.length;
    }
    expect(bufferedMost).toBeLessThanOrEqual(wholeMessageBytes + headerBytes);
    return { sink, failures };
  }

  it.each(sides)('as they are: a %s scanner fails soon and says so', (side) => {
    const random = randoms(0x5eed);
    const bytes = Buffer.alloc(4096);
    const { failures, sink } = feed(
      side,
      (size) => {
        fillRandom(bytes, random);
        return bytes.subarray(0, size);
      },
      random,
    );
    expect(failures).toBeGreaterThan(total / 4096 / 2);
    expect(sink.bytes).toBeLessThan(total);
  });

  it.each(sides)('as bodies: a %s scanner and all decoders get through', (side) => {
    const random = randoms(0xb0d1e5);
    const stream = Buffer.alloc(1 << 20);
    let at = stream.length;
    const { failures, sink } = feed(
      side,
      (size) => {
        if (at === stream.length) {
          fillWithMessages(stream, typesOf(side), random);
          at = 0;
        }
        const chunk = stream.subarray(at, at + size);
        at += chunk.length;
        return chunk;
      },
      random,
    );
    expect(failures).toBe(0);
    expect(sink.messages).toBeGreaterThan(100_000);
    expect(sink.wellFormed).toBeGreaterThan(10_000);
    expect(sink.bytes).toBeGreaterThan(total - maxMessageBytes);
  });
});

describe('random bytes', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 12 });

  it.each(sides)('give a %s scanner the same outcome however they are split', (side) => {
    fc.assert(
      fc.property(chunks, (arrays) => {
        const options = { side, wholeMessageBytes: 16, maxMessageBytes: 64 };
        const pieces = arrays.map((array) => Buffer.from(array));
        const split = summary(scanChunks(pieces, options));
        expect(split).toBe(summary(scanChunks([Buffer.concat(pieces)], options)));
      }),
      { numRuns: 500 },
    );
  });

  it('never make a decoder throw', () => {
    const bodies = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
    for (const side of sides) {
      const type = fc.constantFrom(...typesOf(side));
      fc.assert(
        fc.property(type, bodies, (typeByte, body) => {
          decodeAll(side, typeByte, body);
        }),
        { numRuns: 2000 },
      );
    }
  });

  it('never make parseStartup throw', () => {
    const packets = fc
      .tuple(
        fc.constantFrom(196_608, 196_610, 80_877_102, 80_877_103, 80_877_104, 131_072),
        fc.uint8Array({ maxLength: 80 }),
      )
      .map(([code, rest]) => {
        const header = Buffer.alloc(8);
        header.writeUInt32BE(8 + rest.length, 0);
        header.writeUInt32BE(code, 4);
        return Buffer.concat([header, rest]);
      });
    const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(packets, bytes), (buffer) => {
        const startup = parseStartup(buffer);
        if (startup === 'incomplete' || startup instanceof Malformed) return;
        expect(startup.bytes).toBeLessThanOrEqual(buffer.length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('recorded traffic with bytes changed', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });

  function changed(original: Buffer, edits: readonly (readonly [number, number])[]): Buffer {
    const bytes = Buffer.from(original);
    for (const [at, value] of edits) bytes[at % bytes.length] = value;
    return bytes;
  }

  it.each(directions)('never throws and does not depend on splits: $name', ({ side, bytes }) => {
    fc.assert(
      fc.property(changes, fc.nat(), (edits, cut) => {
        const mutant = changed(bytes, edits);
        const options = { side, wholeMessageBytes: 256, maxMessageBytes: 1 << 16 };
        const whole = scanChunks([mutant], options);
        const at = cut % mutant.length;
        const split = scanChunks([mutant.subarray(0, at), mutant.subarray(at)], options);
        expect(summary(split)).toBe(summary(whole));
        for (const { type, body } of whole.messages) decodeAll(side, type, body);
      }),
      { numRuns: 60 },
    );
  });

  it.each(recordings)('never throws at the start: $name', ({ startupBytes }) => {
    fc.assert(
      fc.property(changes, (edits) => {
        parseStartup(changed(startupBytes, edits));
      }),
      { numRuns: 200 },
    );
  });
});
