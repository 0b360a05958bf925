import { describe, expect, it } from 'vitest';
import type { Malformed } from './malformed.js';
import { type MessageSink, MessageScanner, withHeader } from './scanner.js';

function frame(type: string, body: Buffer | string, length?: number): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(5);
  header.write(type, 0, 'latin1');
  header.writeUInt32BE(length ?? bytes.length + 4, 1);
  return Buffer.concat([header, bytes]);
}

/** In memory of its own, so that a view of it is known from a copy. */
function unpooled(...parts: Buffer[]): Buffer {
  const joined = Buffer.concat(parts);
  const bytes = Buffer.alloc(joined.length);
  joined.copy(bytes);
  return bytes;
}

const ignore: MessageSink = { message() {}, begin() {}, part() {}, end() {} };

function scannerOf(wholeMessageBytes = 64, maxMessageBytes = 1000) {
  return new MessageScanner({ side: 'frontend', wholeMessageBytes, maxMessageBytes });
}

describe('whole messages', () => {
  it('are views of the chunk where they lie in it', () => {
    const chunk = unpooled(frame('Q', 'one\0'), frame('S', ''));
    const calls: [number, string, number, boolean][] = [];
    scannerOf(4).scan(chunk, {
      ...ignore,
      message(type, body, end) {
        calls.push([type, body.toString(), end, body.buffer === chunk.buffer]);
      },
    });
    expect(calls).toEqual([
      [0x51, 'one\0', 9, true],
      [0x53, '', 14, true],
    ]);
  });

  it('are assembled where they span chunks, and end where the second chunk continues', () => {
    const bytes = Buffer.concat([frame('Q', 'one\0'), frame('H', '')]);
    const scanner = scannerOf();
    const ends: number[] = [];
    const bodies: string[] = [];
    const sink: MessageSink = {
      ...ignore,
      message(_type, body, end) {
        ends.push(end);
        bodies.push(body.toString());
      },
    };
    scanner.scan(bytes.subarray(0, 7), sink);
    expect(scanner.midMessage).toBe(true);
    expect(scanner.bufferedBytes).toBe(9);
    scanner.scan(bytes.subarray(7), sink);
    expect(ends).toEqual([2, 7]);
    expect(bodies).toEqual(['one\0', '']);
    expect(scanner.midMessage).toBe(false);
    expect(scanner.bufferedBytes).toBe(0);
  });

  it('keep an assembled body when the next message is assembled, too', () => {
    const bytes = Buffer.concat([frame('Q', 'one\0'), frame('Q', 'two\0')]);
    const bodies: Buffer[] = [];
    const scanner = scannerOf();
    const sink: MessageSink = { ...ignore, message: (_type, body) => bodies.push(body) };
    for (const byte of bytes) scanner.scan(Buffer.from([byte]), sink);
    expect(bodies.map(String)).toEqual(['one\0', 'two\0']);
  });

  it('have their header before the body, however they came', () => {
    const bytes = Buffer.concat([frame('Q', 'one\0'), frame('Q', 'two\0')]);
    const messages: string[] = [];
    const scanner = scannerOf();
    const sink: MessageSink = {
      ...ignore,
      message: (_type, body) => messages.push(withHeader(body).toString('hex')),
    };
    scanner.scan(bytes.subarray(0, 12), sink);
    scanner.scan(bytes.subarray(12), sink);
    expect(messages.join('')).toBe(bytes.toString('hex'));
  });

  it('go to span, without a view, where the sink has it', () => {
    const bytes = Buffer.concat([frame('Q', 'one\0'), frame('Q', 'two\0')]);
    const spans: [number, number, number][] = [];
    const messages: string[] = [];
    const scanner = scannerOf();
    const sink: MessageSink = {
      ...ignore,
      message: (_type, body) => messages.push(body.toString()),
      span: (type, start, end) => spans.push([type, start, end]),
    };
    scanner.scan(bytes.subarray(0, 12), sink);
    scanner.scan(bytes.subarray(12), sink);
    expect(spans).toEqual([[0x51, 5, 9]]);
    expect(messages).toEqual(['two\0']);
  });
});

describe('a message above wholeMessageBytes', () => {
  it('streams, even where it lies whole in the chunk', () => {
    const calls: unknown[] = [];
    const chunk = Buffer.concat([frame('Q', 'abcdef\0'), frame('S', '')]);
    scannerOf(6).scan(chunk, {
      message: (type, _body, end) => calls.push(['message', type, end]),
      begin: (type, bodyLength) => calls.push(['begin', type, bodyLength]),
      part: (type, bytes, end) => calls.push(['part', type, bytes.toString(), end]),
      end: (type, end) => calls.push(['end', type, end]),
    });
    expect(calls).toEqual([
      ['begin', 0x51, 7],
      ['part', 0x51, 'abcdef\0', 12],
      ['end', 0x51, 12],
      ['message', 0x53, 17],
    ]);
  });

  it('is delivered whole at the limit and streamed one byte above it', () => {
    const ways: string[] = [];
    const sink: MessageSink = {
      ...ignore,
      message: () => ways.push('whole'),
      begin: () => ways.push('streamed'),
    };
    scannerOf(8).scan(Buffer.concat([8, 9].map((size) => frame('Q', Buffer.alloc(size)))), sink);
    expect(ways).toEqual(['whole', 'streamed']);
  });

  it('is never held: 100 MiB pass with nothing buffered', () => {
    const header = frame('d', '', (100 << 20) + 4);
    const piece = Buffer.alloc(1 << 20, 0x78);
    let bytes = 0;
    let most = 0;
    let ended = 0;
    const scanner = new MessageScanner({
      side: 'backend',
      wholeMessageBytes: 1 << 16,
      maxMessageBytes: 1 << 30,
    });
    const sink: MessageSink = {
      ...ignore,
      part: (_type, part) => (bytes += part.length),
      end: () => (ended += 1),
    };
    scanner.scan(header, sink);
    for (let count = 0; count < 100; count += 1) {
      expect(scanner.scan(piece, sink)).toBeUndefined();
      most = Math.max(most, scanner.bufferedBytes);
    }
    expect({ bytes, most, ended }).toEqual({ bytes: 100 << 20, most: 0, ended: 1 });
  });
});

describe('malformed input', () => {
  it.each([
    ['a length of 0', frame('Q', 'x', 0), 'bad-length'],
    ['a length of 3', frame('Q', '', 3), 'bad-length'],
    ['a length above the limit', frame('Q', '', 1005), 'over-limit'],
    ['a negative length', frame('Q', '', 0xffffffff), 'over-limit'],
    ['a type that only servers send', frame('T', '\0\0'), 'unknown-type'],
    ['a type that nobody sends', frame('\0', ''), 'unknown-type'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n'), 'unknown-type'],
  ])('%s', (_name, bytes, reason) => {
    for (const chunks of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
      const scanner = scannerOf();
      let delivered = 0;
      let malformed: Malformed | undefined;
      for (const chunk of [frame('S', ''), ...chunks]) {
        malformed = scanner.scan(chunk, { ...ignore, message: () => (delivered += 1) });
      }
      expect(malformed?.reason).toBe(reason);
      expect(delivered).toBe(1);
    }
  });

  it('accepts a body of exactly maxMessageBytes', () => {
    const bytes = frame('Q', Buffer.alloc(1000));
    expect(scannerOf().scan(bytes, ignore)).toBeUndefined();
  });

  it('is told at the type byte, before a length comes', () => {
    expect(scannerOf().scan(Buffer.from('T'), ignore)?.reason).toBe('unknown-type');
  });

  it('stays: the scanner delivers nothing more and holds nothing', () => {
    const scanner = scannerOf();
    const first = scanner.scan(frame('Q', '', 3), ignore);
    const delivered: number[] = [];
    const sink: MessageSink = { ...ignore, message: (type) => delivered.push(type) };
    expect(scanner.scan(frame('S', ''), sink)).toBe(first);
    expect(scanner.finish()).toBe(first);
    expect(delivered).toEqual([]);
    expect(scanner.bufferedBytes).toBe(0);
  });

  it('keeps message bytes out of the detail', () => {
    const outcome = scannerOf().scan(Buffer.from('Q\xff\xff\xff\xffsecret', 'latin1'), ignore);
    expect(outcome?.detail).not.toContain('secret');
  });

  it('knows the types of each side', () => {
    const accepted = (side: 'frontend' | 'backend') =>
      Array.from({ length: 256 }, (_, type) => type)
        .filter((type) => {
          const scanner = new MessageScanner({ side, wholeMessageBytes: 9, maxMessageBytes: 9 });
          return scanner.scan(Buffer.from([type, 0, 0, 0, 4]), ignore) === undefined;
        })
        .map((type) => String.fromCharCode(type))
        .join('');
    expect(accepted('frontend')).toBe('BCDEFHPQSXcdfp');
    expect(accepted('backend')).toBe('123ACDEGHIKNRSTVWZcdnstv');
  });
});

describe('the end of the stream', () => {
  it('is fine between messages and malformed inside one', () => {
    const scanner = scannerOf();
    scanner.scan(frame('S', ''), ignore);
    expect(scanner.finish()).toBeUndefined();
    scanner.scan(Buffer.from('Q'), ignore);
    expect(scanner.finish()?.reason).toBe('truncated');
    expect(scanner.scan(frame('S', ''), ignore)?.reason).toBe('truncated');
  });
});

it('refuses limits that contradict each other', () => {
  expect(() => scannerOf(10, 9)).toThrow(RangeError);
  expect(() => scannerOf(-1)).toThrow(RangeError);
  expect(() => scannerOf(NaN)).toThrow(RangeError);
});
