import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as backend from './backend.js';
import * as client from './encode-to-client.js';
import * as server from './encode-to-server.js';
import * as frontend from './frontend.js';
import { Malformed } from './malformed.js';
import { MessageScanner } from './scanner.js';

/** The body of the one message that `bytes` must be, by the scanner. */
function bodyOf(side: 'frontend' | 'backend', bytes: Buffer): Buffer {
  const bodies: Buffer[] = [];
  const scanner = new MessageScanner({
    side,
    wholeMessageBytes: bytes.length,
    maxMessageBytes: bytes.length,
  });
  const unexpected = () => {
    throw new Error('streamed');
  };
  const malformed = scanner.scan(bytes, {
    message: (_type, body) => bodies.push(body),
    begin: unexpected,
    part: unexpected,
    end: unexpected,
  });
  expect(malformed).toBeUndefined();
  expect(scanner.finish()).toBeUndefined();
  expect(bodies.length).toBe(1);
  return bodies[0] ?? Buffer.alloc(0);
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const textBytes = bytes.map((buffer) => Buffer.from(buffer.map((byte) => byte || 1)));
const label = fc.string({ unit: 'grapheme', maxLength: 80 }).map((s) => s.replaceAll('\0', ''));
const name = textBytes.map((buffer) => buffer.toString('latin1'));
const values = fc.array(fc.option(bytes), { maxLength: 20 });
const formats = fc.array(fc.constantFrom(0, 1), { maxLength: 20 });
const oid = fc.nat(0xffffffff);
const int16 = fc.integer({ min: -0x8000, max: 0x7fff });
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const object = fc.record({ kind: fc.constantFrom('statement' as const, 'portal' as const), name });

function roundTrip<T>(
  side: 'frontend' | 'backend',
  arbitrary: fc.Arbitrary<T>,
  encode: (value: T) => Buffer,
  decode: (body: Buffer) => unknown,
): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      expect(decode(bodyOf(side, encode(value)))).toEqual(value);
    }),
  );
}

describe('what is encoded to a server decodes to the same', () => {
  const toServer = <T>(
    arbitrary: fc.Arbitrary<T>,
    encode: (value: T) => Buffer,
    decode: (body: Buffer) => unknown,
  ) => {
    roundTrip('frontend', arbitrary, encode, decode);
  };

  it('Query', () => {
    toServer(
      fc.record({ text: textBytes }),
      (q) => server.encodeQuery(q.text),
      frontend.decodeQuery,
    );
  });
  it('Parse', () => {
    const parse = fc.record({ name, text: textBytes, parameterTypes: fc.array(oid) });
    toServer(parse, server.encodeParse, frontend.decodeParse);
  });
  it('Bind, with the range of its parameters', () => {
    const bind = fc.record({
      portal: name,
      statement: name,
      parameterFormats: formats,
      values,
      resultFormats: formats,
    });
    fc.assert(
      fc.property(bind, (value) => {
        const body = bodyOf('frontend', server.encodeBind(value));
        const decoded = frontend.decodeBind(body);
        expect(decoded).toMatchObject(value);
        expect(decoded).toMatchObject(frontend.bindNames(body));
        if (decoded instanceof Malformed) return;
        const names = value.portal.length + value.statement.length + 2;
        expect(decoded.valuesStart).toBe(names);
        expect(decoded.valuesEnd).toBe(body.length - 2 - value.resultFormats.length * 2);
      }),
    );
  });
  it('Describe and Close', () => {
    toServer(object, server.encodeDescribe, frontend.decodeDescribe);
    toServer(object, server.encodeClose, frontend.decodeClose);
  });
  it('Execute', () => {
    toServer(
      fc.record({ portal: name, maxRows: int32 }),
      (e) => server.encodeExecute(e.portal, e.maxRows),
      frontend.decodeExecute,
    );
  });
  it('FunctionCall', () => {
    const call = fc.record({
      functionOid: oid,
      argumentFormats: formats,
      values,
      resultFormat: int16,
    });
    toServer(call, server.encodeFunctionCall, frontend.decodeFunctionCall);
  });
  it('the answers to authentication requests', () => {
    toServer(
      fc.record({ password: textBytes }),
      (p) => server.encodePassword(p.password),
      frontend.decodePassword,
    );
    toServer(
      fc.record({ mechanism: label, response: fc.option(bytes) }),
      (s) => server.encodeSaslInitialResponse(s.mechanism, s.response),
      frontend.decodeSaslInitialResponse,
    );
    toServer(
      fc.record({ data: bytes }),
      (s) => server.encodeSaslResponse(s.data),
      frontend.decodeSaslResponse,
    );
  });
  it('CopyData and CopyFail', () => {
    toServer(bytes, server.encodeCopyData, (body) => body);
    toServer(
      fc.record({ message: textBytes }),
      (f) => server.encodeCopyFail(f.message),
      frontend.decodeCopyFail,
    );
  });
  it('messages without fields', () => {
    const hex = (['copyDone', 'flush', 'sync', 'terminate'] as const).map((message) =>
      server.encodeEmptyToServer(message).toString('hex'),
    );
    expect(hex).toEqual(['6300000004', '4800000004', '5300000004', '5800000004']);
  });
});

describe('what is encoded to a client decodes to the same', () => {
  const toClient = <T>(
    arbitrary: fc.Arbitrary<T>,
    encode: (value: T) => Buffer,
    decode: (body: Buffer) => unknown,
  ) => {
    roundTrip('backend', arbitrary, encode, decode);
  };
  const nonEmpty = label.filter((text) => text !== '');

  it('authentication requests', () => {
    const salt = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((array) => Buffer.from(array));
    const request = fc.oneof(
      fc.record({
        kind: fc.constantFrom('ok', 'kerberos-v5', 'cleartext-password', 'gss', 'sspi'),
      }),
      fc.record({ kind: fc.constant('md5-password'), salt }),
      fc.record({
        kind: fc.constantFrom('gss-continue', 'sasl-continue', 'sasl-final'),
        data: bytes,
      }),
      fc.record({ kind: fc.constant('sasl'), mechanisms: fc.array(nonEmpty) }),
    ) as fc.Arbitrary<backend.AuthenticationRequest>;
    toClient(request, client.encodeAuthentication, backend.decodeAuthentication);
    expect(client.encodeAuthenticationOk().toString('hex')).toBe('520000000800000000');
    expect(client.encodeAuthenticationCleartextPassword().toString('hex')).toBe(
      '520000000800000003',
    );
  });
  it('ParameterStatus, BackendKeyData and ReadyForQuery', () => {
    toClient(
      fc.record({ name: label, value: label }),
      (p) => client.encodeParameterStatus(p.name, p.value),
      backend.decodeParameterStatus,
    );
    const secretKey = fc
      .uint8Array({ minLength: 4, maxLength: 256 })
      .map((array) => Buffer.from(array));
    toClient(
      fc.record({ processId: int32, secretKey }),
      (k) => client.encodeBackendKeyData(k.processId, k.secretKey),
      backend.decodeBackendKeyData,
    );
    const status = fc.constantFrom('idle' as const, 'transaction' as const, 'failed' as const);
    toClient(
      fc.record({ status }),
      (z) => client.encodeReadyForQuery(z.status),
      backend.decodeReadyForQuery,
    );
  });
  it('RowDescription and DataRow', () => {
    const field = fc.record({
      name: label,
      tableOid: oid,
      columnNumber: int16,
      typeOid: oid,
      typeSize: int16,
      typeModifier: int32,
      format: int16,
    });
    toClient(
      fc.record({ fields: fc.array(field) }),
      (d) => client.encodeRowDescription(d.fields),
      backend.decodeRowDescription,
    );
    toClient(values, client.encodeDataRow, backend.decodeDataRow);
  });
  it('CommandComplete, NotificationResponse and ParameterDescription', () => {
    toClient(
      fc.record({ tag: label }),
      (c) => client.encodeCommandComplete(c.tag),
      backend.decodeCommandComplete,
    );
    toClient(
      fc.record({ processId: int32, channel: label, payload: textBytes }),
      (n) => client.encodeNotificationResponse(n.processId, n.channel, n.payload),
      backend.decodeNotificationResponse,
    );
    toClient(
      fc.record({ parameterTypes: fc.array(oid) }),
      (p) => client.encodeParameterDescription(p.parameterTypes),
      backend.decodeParameterDescription,
    );
  });
  it('copy responses and FunctionCallResponse', () => {
    for (const direction of ['in', 'out', 'both'] as const) {
      toClient(
        fc.record({ binary: fc.boolean(), columnFormats: formats }),
        (c) => client.encodeCopyResponse(direction, c.binary, c.columnFormats),
        backend.decodeCopyResponse,
      );
    }
    toClient(
      fc.record({ value: fc.option(bytes) }),
      (f) => client.encodeFunctionCallResponse(f.value),
      backend.decodeFunctionCallResponse,
    );
  });
  it('NegotiateProtocolVersion', () => {
    toClient(
      fc.record({ minor: fc.nat(0xffff), unrecognizedOptions: fc.array(label) }),
      (v) => client.encodeNegotiateProtocolVersion(v.minor, v.unrecognizedOptions),
      backend.decodeNegotiateProtocolVersion,
    );
  });
  it('messages without fields', () => {
    expect(client.encodeEmptyToClient('parseComplete').toString('hex')).toBe('3100000004');
    expect(client.encodeEmptyToClient('noData').toString('hex')).toBe('6e00000004');
  });
});

describe('errors and notices', () => {
  const report = { severity: 'FATAL', code: '28000', message: 'no', detail: 'why', hint: 'do' };
  const decoded = (bytesOf: Buffer) => {
    const fields = backend.decodeErrorFields(bodyOf('backend', bytesOf));
    if (fields instanceof Malformed) throw new Error(fields.detail);
    return [...fields.keys()].map((letter) => `${letter}${backend.fieldText(fields, letter)}`);
  };

  it('say severity twice, then what there is', () => {
    expect(decoded(client.encodeErrorResponse(report))).toEqual([
      'SFATAL',
      'VFATAL',
      'C28000',
      'Mno',
      'Dwhy',
      'Hdo',
    ]);
    const { severity, code, message } = report;
    expect(decoded(client.encodeNoticeResponse({ severity, code, message }))).toEqual([
      'SFATAL',
      'VFATAL',
      'C28000',
      'Mno',
    ]);
    expect(client.encodeErrorResponse(report)[0]).toBe(0x45);
    expect(client.encodeNoticeResponse(report)[0]).toBe(0x4e);
  });

  it('get through with a zero byte in a text, which cannot become a field', () => {
    const bad = client.encodeErrorResponse({ ...report, message: 'a\0Cforged' });
    expect(decoded(bad)).toContain('Ma\uFFFDCforged');
  });
});

describe('a caller that would forge fields', () => {
  it.each([
    ['a zero byte in a text', () => server.encodeQuery('SELECT 1\0')],
    ['a zero byte in a name', () => server.encodeExecute('a\0', 0)],
    ['a name of more than bytes', () => server.encodeExecute('\u2168', 0)],
    [
      'more values than an Int16 counts',
      () =>
        server.encodeBind({
          portal: '',
          statement: '',
          parameterFormats: [],
          values: Array.from({ length: 65_536 }, () => null),
          resultFormats: [],
        }),
    ],
  ])('by %s is stopped', (_name, encode) => {
    expect(encode).toThrow(RangeError);
  });
});
