import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Malformed, isMalformed } from './malformed.js';
import {
  encodeCancelRequest,
  encodeGssEncRequest,
  encodeSslRequest,
  encodeStartup,
  parseStartup,
} from './startup.js';

function packet(...parts: (number | string | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part !== 'number') return Buffer.from(part);
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(part);
      return bytes;
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

function parsed(buffer: Buffer) {
  const startup = parseStartup(buffer);
  if (startup === 'incomplete' || isMalformed(startup)) throw new Error('no start-up packet');
  return startup;
}

const startupOf = (parameters: Record<string, string>, minor = 0) =>
  encodeStartup({
    minor,
    parameters: new Map(Object.entries(parameters)),
    protocolOptions: new Map(),
  });

describe('encryption requests', () => {
  it('are known by their code', () => {
    expect(parsed(packet(80_877_103))).toEqual({ kind: 'ssl-request', bytes: 8 });
    expect(parsed(packet(80_877_104))).toEqual({ kind: 'gssenc-request', bytes: 8 });
    expect(encodeSslRequest()).toEqual(packet(80_877_103));
    expect(encodeGssEncRequest()).toEqual(packet(80_877_104));
  });

  it('tell how many bytes they took, so that bytes slipped in behind them show', () => {
    const buffer = Buffer.concat([encodeSslRequest(), Buffer.from('extra')]);
    expect(parsed(buffer).bytes).toBe(buffer.length - 5);
  });

  it('have no fields', () => {
    expect(parseStartup(packet(80_877_103, 'x'))).toMatchObject({ reason: 'trailing-bytes' });
  });

  it('may be left out by a client that starts TLS at once', () => {
    expect(parseStartup(Buffer.from([0x16, 3, 1]))).toEqual({ kind: 'direct-tls', bytes: 0 });
  });
});

describe('CancelRequest', () => {
  it.each([4, 32, 256])('has a key of %d bytes', (length) => {
    const secretKey = Buffer.alloc(length, 7);
    const bytes = encodeCancelRequest(-5, secretKey);
    expect(bytes).toEqual(packet(80_877_102, Buffer.from([255, 255, 255, 251]), secretKey));
    expect(parsed(bytes)).toEqual({
      kind: 'cancel',
      bytes: bytes.length,
      processId: -5,
      secretKey,
    });
  });

  it.each([0, 3, 257])('is malformed with a key of %d bytes', (length) => {
    const bytes = encodeCancelRequest(5, Buffer.alloc(length));
    expect(parseStartup(bytes)).toMatchObject({ reason: 'bad-length' });
  });

  it('is malformed without a process', () => {
    expect(parseStartup(packet(80_877_102, 'ab'))).toMatchObject({ reason: 'beyond-body' });
  });
});

describe('StartupMessage', () => {
  it('has a version, parameters and protocol options', () => {
    const bytes = packet(
      196_610,
      'user\0app\0database\0größe\0_pq_.x\0on\0empty\0\0user\0other\0\0',
    );
    expect(parsed(bytes)).toEqual({
      kind: 'startup',
      bytes: bytes.length,
      minor: 2,
      parameters: new Map([
        ['user', 'other'],
        ['database', 'größe'],
        ['empty', ''],
      ]),
      protocolOptions: new Map([['_pq_.x', 'on']]),
      replication: 'none',
    });
  });

  it('is read whatever its minor version, so that it can be negotiated', () => {
    expect(parsed(startupOf({}, 9999))).toMatchObject({ kind: 'startup', minor: 9999 });
  });

  it.each([
    ['database', 'database'],
    ['true', 'physical'],
    ['ON', 'physical'],
    ['y', 'physical'],
    ['1', 'physical'],
    ['false', 'none'],
    ['off', 'none'],
    ['0', 'none'],
    ['o', 'invalid'],
    ['', 'invalid'],
    ['Database', 'invalid'],
  ])('with replication=%s asks for %s', (value, replication) => {
    expect(parsed(startupOf({ user: 'a', replication: value }))).toMatchObject({ replication });
  });

  it.each([
    ['protocol 2', packet(131_072, 'user\0a\0\0'), 'unsupported-version'],
    ['protocol 4', packet(262_144, 'user\0a\0\0'), 'unsupported-version'],
    ['a request code of the future', packet(80_877_105), 'unsupported-version'],
    ['a length of 0', Buffer.alloc(4), 'bad-length'],
    ['a length of 7', Buffer.from([0, 0, 0, 7]), 'bad-length'],
    ['10,005 bytes', Buffer.from([0, 0, 0x27, 0x15]), 'over-limit'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n'), 'over-limit'],
    ['no terminator', packet(196_608, 'user\0a\0'), 'missing-terminator'],
    ['no value', packet(196_608, 'user\0'), 'missing-terminator'],
    ['a name cut short', packet(196_608, 'user'), 'missing-terminator'],
    ['bytes after the terminator', packet(196_608, 'user\0a\0\0x'), 'trailing-bytes'],
    [
      'text that is not UTF-8',
      packet(196_608, Buffer.from('user\0\xff\0\0', 'latin1')),
      'bad-value',
    ],
    [
      '257 parameters',
      startupOf(Object.fromEntries(Array.from({ length: 257 }, (_, at) => [`p${at}`, '']))),
      'over-limit',
    ],
  ])('is malformed with %s', (_name, bytes, reason) => {
    expect(parseStartup(bytes)).toBeInstanceOf(Malformed);
    expect(parseStartup(bytes)).toMatchObject({ reason });
  });

  it('may have the 10,000 bytes that Postgres takes', () => {
    const bytes = startupOf({ user: 'x'.repeat(10_000 - 4 - 5 - 1 - 1) });
    expect(bytes.length).toBe(10_004);
    expect(parsed(bytes)).toMatchObject({ kind: 'startup' });
  });

  it('round-trips', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 20 }).map((s) => s.replaceAll('\0', ''));
    const names = texts.filter((name) => name !== '' && !name.startsWith('_pq_.'));
    const startups = fc.record({
      minor: fc.nat(0xffff),
      parameters: fc.uniqueArray(fc.tuple(names, texts), { selector: ([name]) => name }),
      options: fc.uniqueArray(fc.tuple(names, texts), { selector: ([name]) => name }),
    });
    fc.assert(
      fc.property(startups, ({ minor, parameters, options }) => {
        const startup = {
          minor,
          parameters: new Map(parameters),
          protocolOptions: new Map(
            options.map(([name, value]): [string, string] => [`_pq_.${name}`, value]),
          ),
        };
        const bytes = encodeStartup(startup);
        expect(parseStartup(bytes)).toMatchObject({ ...startup, bytes: bytes.length });
      }),
    );
  });

  it('cannot be encoded with a zero byte in a parameter', () => {
    expect(() => startupOf({ user: 'app\0database\0other' })).toThrow(RangeError);
  });
});
