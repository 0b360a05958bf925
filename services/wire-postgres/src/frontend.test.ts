import { describe, expect, it } from 'vitest';
import { cString, nameText } from './body-reader.js';
import {
  bindNames,
  decodeBind,
  decodeClose,
  decodeCopyFail,
  decodeDescribe,
  decodeEmpty,
  decodeExecute,
  decodeFunctionCall,
  decodeParse,
  decodePassword,
  decodeQuery,
  decodeSaslInitialResponse,
  decodeSaslResponse,
  formatOf,
} from './frontend.js';
import { Malformed } from './malformed.js';

/** Bodies as the manual lays them out: a string is its bytes, a number of bits its value. */
const text = (value: string) => Buffer.from(value, 'latin1');
const int16 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => bytes.writeUInt16BE(value & 0xffff, at * 2));
  return bytes;
};
const int32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeInt32BE(value, at * 4));
  return bytes;
};
const body = (...parts: Buffer[]) => Buffer.concat(parts);

const bindBody = body(
  text('portal\0statement\0'),
  int16(2, 0, 1),
  int16(3),
  int32(2),
  text('ab'),
  int32(-1),
  int32(0),
  int16(1, 1),
);
const bind = {
  portal: 'portal',
  statement: 'statement',
  valuesStart: 17,
  valuesEnd: 39,
  parameterFormats: [0, 1],
  values: [text('ab'), null, text('')],
  resultFormats: [1],
};
const parseBody = body(text('name\0SELECT $1\0'), int16(2), int32(23, 0));
const callBody = body(int32(1598), int16(1, 1), int16(2), int32(1), text('a'), int32(-1), int16(0));

describe('decoders', () => {
  it.each([
    ['Query', decodeQuery, text('SELECT 1; SELECT 2\0'), { text: text('SELECT 1; SELECT 2') }],
    ['an empty Query', decodeQuery, text('\0'), { text: text('') }],
    [
      'Parse',
      decodeParse,
      parseBody,
      { name: 'name', text: text('SELECT $1'), parameterTypes: [23, 0] },
    ],
    ['Bind', decodeBind, bindBody, bind],
    ['Execute', decodeExecute, body(text('p\0'), int32(7)), { portal: 'p', maxRows: 7 }],
    ['Describe', decodeDescribe, text('Sname\0'), { kind: 'statement', name: 'name' }],
    ['Close', decodeClose, text('P\0'), { kind: 'portal', name: '' }],
    [
      'FunctionCall',
      decodeFunctionCall,
      callBody,
      { functionOid: 1598, argumentFormats: [1], values: [text('a'), null], resultFormat: 0 },
    ],
    ['PasswordMessage', decodePassword, text('secret\0'), { password: text('secret') }],
    [
      'SASLInitialResponse',
      decodeSaslInitialResponse,
      body(text('SCRAM-SHA-256\0'), int32(3), text('n,,')),
      { mechanism: 'SCRAM-SHA-256', response: text('n,,') },
    ],
    [
      'SASLInitialResponse without data',
      decodeSaslInitialResponse,
      body(text('X\0'), int32(-1)),
      { mechanism: 'X', response: null },
    ],
    ['SASLResponse', decodeSaslResponse, text('c=biws'), { data: text('c=biws') }],
    ['CopyFail', decodeCopyFail, text('enough\0'), { message: text('enough') }],
    ['Sync', decodeEmpty, text(''), undefined],
  ])('read %s', (_name, decode, bytes, expected) => {
    expect(decode(bytes)).toEqual(expected);
  });

  it.each([
    ['Query', decodeQuery, text('SELECT 1\0')],
    ['Parse', decodeParse, parseBody],
    ['Bind', decodeBind, bindBody],
    ['Execute', decodeExecute, body(text('p\0'), int32(7))],
    ['Describe', decodeDescribe, text('Sname\0')],
    ['Close', decodeClose, text('P\0')],
    ['FunctionCall', decodeFunctionCall, callBody],
    ['PasswordMessage', decodePassword, text('secret\0')],
    ['SASLInitialResponse', decodeSaslInitialResponse, body(text('X\0'), int32(1), text('a'))],
    ['CopyFail', decodeCopyFail, text('enough\0')],
  ])('find every shorter or longer %s malformed', (_name, decode, bytes) => {
    for (let length = 0; length < bytes.length; length += 1) {
      // What lies behind the body belongs to the next message and must not be read.
      const outcome = decode(bytes.subarray(0, length));
      expect(outcome).toBeInstanceOf(Malformed);
      expect(outcome).toMatchObject({
        reason: expect.stringMatching(/^(missing-terminator|beyond-body)$/) as string,
      });
    }
    expect(decode(body(bytes, text('x')))).toMatchObject({ reason: 'trailing-bytes' });
  });

  it.each([
    ['a value length of -2', body(text('\0\0'), int16(0, 1), int32(-2), int16(0))],
    ['a value beyond the body', body(text('\0\0'), int16(0, 1), int32(2 ** 31 - 1), int16(0))],
    ['65,535 values and no byte of them', body(text('\0\0'), int16(0, 65_535))],
  ])('find a Bind with %s malformed', (_name, bytes) => {
    expect(decodeBind(bytes)).toMatchObject({ reason: 'beyond-body' });
  });

  it('find a Describe of neither a statement nor a portal malformed', () => {
    expect(decodeDescribe(text('Xname\0'))).toMatchObject({ reason: 'bad-value' });
  });

  it('find bytes in a Sync malformed', () => {
    expect(decodeEmpty(text('x'))).toMatchObject({ reason: 'trailing-bytes' });
  });

  it('give views, no copies', () => {
    const unpooled = Buffer.alloc(bindBody.length);
    bindBody.copy(unpooled);
    const decoded = decodeBind(unpooled);
    if (decoded instanceof Malformed) throw new Error(decoded.detail);
    expect(decoded.values[0]?.buffer).toBe(unpooled.buffer);
  });

  it('read 65,535 values', () => {
    const values = Array.from({ length: 65_535 }, () => int32(-1));
    const decoded = decodeBind(body(text('\0\0'), int16(0, 65_535), ...values, int16(0)));
    expect(decoded).toMatchObject({ values: { length: 65_535 } });
  });
});

describe('bindNames', () => {
  it('finds the names and where the rest begins, and looks at nothing else', () => {
    const names = { portal: 'portal', statement: 'statement', valuesStart: 17 };
    expect(bindNames(bindBody)).toEqual(names);
    expect(bindNames(text('\0\0 no parameters'))).toMatchObject({ portal: '', valuesStart: 2 });
  });

  it.each(['', 'portal', 'portal\0', 'portal\0statement'])('is malformed on %j', (bytes) => {
    expect(bindNames(text(bytes))).toMatchObject({ reason: 'missing-terminator' });
  });
});

describe('cString', () => {
  it.each([0, 1, 47, 48, 49, 1000])('finds the end of %d bytes', (length) => {
    const value = 'x'.repeat(length);
    expect(cString(text(`ab${value}\0rest`), 2)?.toString()).toBe(value);
    expect(cString(text(`ab${value}`), 2)).toBeUndefined();
  });

  it('finds nothing beyond the body', () => {
    expect(cString(text('a\0'), 2)).toBeUndefined();
    expect(cString(text('a\0'), 3)).toBeUndefined();
  });
});

describe('names', () => {
  it('differ exactly when their bytes do, and can be shown', () => {
    const names = ['\xe9', '\xea', '\xc3\xa9'].map((name) => decodeClose(text(`S${name}\0`)));
    expect(names.map((name) => (name instanceof Malformed ? '' : name.name))).toEqual([
      '\xe9',
      '\xea',
      '\xc3\xa9',
    ]);
    expect(nameText('\xc3\xa9')).toBe('é');
    expect(nameText('plain')).toBe('plain');
  });
});

describe('formatOf', () => {
  it('is text without formats, the one for all, or each its own', () => {
    expect([formatOf([], 3), formatOf([1], 3), formatOf([0, 1], 1), formatOf([0, 1], 2)]).toEqual([
      0, 1, 1, 0,
    ]);
  });
});
