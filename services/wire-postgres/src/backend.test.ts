import { describe, expect, it } from 'vitest';
import {
  decodeAuthentication,
  decodeBackendKeyData,
  decodeCommandComplete,
  decodeCopyResponse,
  decodeDataRow,
  decodeErrorFields,
  decodeFunctionCallResponse,
  decodeNegotiateProtocolVersion,
  decodeNotificationResponse,
  decodeParameterDescription,
  decodeParameterStatus,
  decodeReadyForQuery,
  decodeRowDescription,
  fieldText,
  rowsAffected,
} from './backend.js';
import { Malformed } from './malformed.js';

const text = (value: string) => Buffer.from(value, 'latin1');
const hex = (value: string) => Buffer.from(value.replaceAll(' ', ''), 'hex');
const fields = (value: ReturnType<typeof decodeErrorFields>) =>
  value instanceof Malformed
    ? value
    : [...value].map(([key, field]) => `${key}=${field.toString()}`);

const rowDescription = hex(
  '0002 696400 00004015 0001 00000017 0004 ffffffff 0000' +
    'c3bc00 00000000 0000 00000011 ffff 00000008 0001',
);

describe('authentication requests', () => {
  it.each([
    ['00000000', { kind: 'ok' }],
    ['00000002', { kind: 'kerberos-v5' }],
    ['00000003', { kind: 'cleartext-password' }],
    ['00000005 01020304', { kind: 'md5-password', salt: hex('01020304') }],
    ['00000007', { kind: 'gss' }],
    ['00000008 6162', { kind: 'gss-continue', data: text('ab') }],
    ['00000009', { kind: 'sspi' }],
    ['0000000a 410042004300 00', { kind: 'sasl', mechanisms: ['A', 'B', 'C'] }],
    ['0000000b 6162', { kind: 'sasl-continue', data: text('ab') }],
    ['0000000c 6162', { kind: 'sasl-final', data: text('ab') }],
  ])('%s', (bytes, expected) => {
    expect(decodeAuthentication(hex(bytes))).toEqual(expected);
  });

  it.each([
    ['', 'beyond-body'],
    ['000000', 'beyond-body'],
    ['00000000 00', 'trailing-bytes'],
    ['00000005 010203', 'beyond-body'],
    ['00000005 0102030405', 'trailing-bytes'],
    ['0000000a 4100', 'missing-terminator'],
    ['0000000a 41', 'missing-terminator'],
    ['0000000a 00 00', 'trailing-bytes'],
    ['00000001', 'bad-value'],
    ['0000000d', 'bad-value'],
    ['ffffffff', 'bad-value'],
  ])('%s is malformed', (bytes, reason) => {
    expect(decodeAuthentication(hex(bytes))).toBeInstanceOf(Malformed);
    expect(decodeAuthentication(hex(bytes))).toMatchObject({ reason });
  });
});

describe('decoders', () => {
  it.each([
    ['ParameterStatus', decodeParameterStatus, text('a\0b\0'), { name: 'a', value: 'b' }],
    [
      'BackendKeyData',
      decodeBackendKeyData,
      hex('0000000a 01020304'),
      { processId: 10, secretKey: hex('01020304') },
    ],
    [
      'BackendKeyData of 3.2',
      decodeBackendKeyData,
      Buffer.concat([hex('0000000a'), Buffer.alloc(256, 1)]),
      { processId: 10, secretKey: Buffer.alloc(256, 1) },
    ],
    ['ReadyForQuery I', decodeReadyForQuery, text('I'), { status: 'idle' }],
    ['ReadyForQuery T', decodeReadyForQuery, text('T'), { status: 'transaction' }],
    ['ReadyForQuery E', decodeReadyForQuery, text('E'), { status: 'failed' }],
    [
      'DataRow',
      decodeDataRow,
      hex('0003 00000001 61 ffffffff 00000000'),
      [text('a'), null, text('')],
    ],
    ['DataRow without columns', decodeDataRow, hex('0000'), []],
    ['CommandComplete', decodeCommandComplete, text('SELECT 1\0'), { tag: 'SELECT 1' }],
    [
      'NotificationResponse',
      decodeNotificationResponse,
      hex('00000007 6100 6200'),
      { processId: 7, channel: 'a', payload: text('b') },
    ],
    [
      'ParameterDescription',
      decodeParameterDescription,
      hex('0002 00000017 fffffffe'),
      { parameterTypes: [23, 0xfffffffe] },
    ],
    ['CopyOutResponse', decodeCopyResponse, hex('00 0000'), { binary: false, columnFormats: [] }],
    [
      'CopyInResponse',
      decodeCopyResponse,
      hex('01 0002 0001 0001'),
      { binary: true, columnFormats: [1, 1] },
    ],
    [
      'NegotiateProtocolVersion',
      decodeNegotiateProtocolVersion,
      hex('00030002 00000001 5f70715f2e7800'),
      { minor: 2, unrecognizedOptions: ['_pq_.x'] },
    ],
    [
      'NegotiateProtocolVersion as the manual has it',
      decodeNegotiateProtocolVersion,
      hex('00000002 00000000'),
      { minor: 2, unrecognizedOptions: [] },
    ],
    ['FunctionCallResponse', decodeFunctionCallResponse, hex('00000001 61'), { value: text('a') }],
    ['a null FunctionCallResponse', decodeFunctionCallResponse, hex('ffffffff'), { value: null }],
  ])('read %s', (_name, decode, bytes, expected) => {
    expect(decode(bytes)).toEqual(expected);
  });

  it('read RowDescription', () => {
    expect(decodeRowDescription(rowDescription)).toEqual({
      fields: [
        {
          name: 'id',
          tableOid: 16_405,
          columnNumber: 1,
          typeOid: 23,
          typeSize: 4,
          typeModifier: -1,
          format: 0,
        },
        {
          name: 'ü',
          tableOid: 0,
          columnNumber: 0,
          typeOid: 17,
          typeSize: -1,
          typeModifier: 8,
          format: 1,
        },
      ],
    });
  });

  it('read the fields of errors and notices', () => {
    const decoded = decodeErrorFields(text('SERROR\0C42P01\0Mno\xff\0\0'));
    expect(fields(decoded)).toEqual(['S=ERROR', 'C=42P01', 'M=no\uFFFD']);
    if (decoded instanceof Malformed) throw new Error(decoded.detail);
    expect(fieldText(decoded, 'C')).toBe('42P01');
    expect(fieldText(decoded, 'H')).toBeUndefined();
    expect(decoded.get('M')).toEqual(text('no\xff'));
  });

  it.each([
    ['ParameterStatus', decodeParameterStatus, text('a\0b\0')],
    ['BackendKeyData', decodeBackendKeyData, hex('0000000a 01020304')],
    ['ReadyForQuery', decodeReadyForQuery, text('I')],
    ['DataRow', decodeDataRow, hex('0003 00000001 61 ffffffff 00000000')],
    ['RowDescription', decodeRowDescription, rowDescription],
    ['CommandComplete', decodeCommandComplete, text('SELECT 1\0')],
    ['ErrorResponse', decodeErrorFields, text('SERROR\0C42P01\0\0')],
    ['NotificationResponse', decodeNotificationResponse, hex('00000007 6100 6200')],
    ['ParameterDescription', decodeParameterDescription, hex('0002 00000017 00000019')],
    ['CopyInResponse', decodeCopyResponse, hex('01 0002 0001 0001')],
    ['NegotiateProtocolVersion', decodeNegotiateProtocolVersion, hex('00030000 00000001 6100')],
    ['FunctionCallResponse', decodeFunctionCallResponse, hex('00000001 61')],
  ])('find every shorter %s malformed', (_name, decode: (body: Buffer) => unknown, bytes) => {
    expect(decode(bytes)).not.toBeInstanceOf(Malformed);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decode(bytes.subarray(0, length))).toBeInstanceOf(Malformed);
    }
  });

  it.each([
    ['bytes after a DataRow', decodeDataRow, hex('0000 00'), 'trailing-bytes'],
    ['bytes after the fields of an error', decodeErrorFields, text('Sx\0\0x'), 'trailing-bytes'],
    ['an error without its closing zero', decodeErrorFields, text('Sx\0'), 'beyond-body'],
    ['a DataRow value of length -2', decodeDataRow, hex('0001 fffffffe'), 'beyond-body'],
    ['an unknown transaction status', decodeReadyForQuery, text('X'), 'bad-value'],
    ['an unknown copy format', decodeCopyResponse, hex('02 0000'), 'bad-value'],
    ['a secret key of 3 bytes', decodeBackendKeyData, hex('00000001 010203'), 'bad-length'],
    ['a secret key of 257 bytes', decodeBackendKeyData, Buffer.alloc(261), 'bad-length'],
    [
      'a negotiation down to protocol 2',
      decodeNegotiateProtocolVersion,
      hex('00020000 00000000'),
      'unsupported-version',
    ],
    [
      'four billion options and no byte of them',
      decodeNegotiateProtocolVersion,
      hex('00030000 ffffffff'),
      'missing-terminator',
    ],
  ])('find %s malformed', (_name, decode: (body: Buffer) => unknown, bytes, reason) => {
    expect(decode(bytes)).toMatchObject({ reason });
  });
});

describe('rowsAffected', () => {
  it.each([
    ['SELECT 12', 12],
    ['INSERT 0 5', 5],
    ['UPDATE 0', 0],
    ['COPY 18446744', 18_446_744],
    ['MERGE 3', 3],
    ['CREATE TABLE', undefined],
    ['BEGIN', undefined],
    ['', undefined],
    ['7', undefined],
    ['SELECT 1x', undefined],
    ['SELECT 99999999999999999999', undefined],
    ['SELECT -1', undefined],
  ])('of %j is %s', (tag, rows) => {
    expect(rowsAffected(tag)).toBe(rows);
  });
});
