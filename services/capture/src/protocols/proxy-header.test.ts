import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROXY_HEADER_BYTES_MAX, encodeProxyHeader, parseProxyHeader } from './proxy-header.js';
import type { ProxyHeader } from './proxy-header.js';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
/** Source 203.0.113.7:51234, destination 192.0.2.1:5432. */
const IPV4 = 'cb007107c0000201c8221538';
/** Source [2001:db8::7]:51234, destination [2001:db8::1]:5432. */
const IPV6 = `20010db8${'0'.repeat(20)}000720010db8${'0'.repeat(20)}0001c8221538`;
/** PP2_TYPE_AUTHORITY and PP2_TYPE_NOOP. */
const TLVS = '02000c7374656e6f2e6578616d706c65040003000000';

/** A header by the bytes of its specification. */
function header(command: number, family: number, rest: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(rest.length / 2);
  const fixed = Buffer.from([command, family]);
  return Buffer.concat([Buffer.from(SIGNATURE, 'hex'), fixed, length, Buffer.from(rest, 'hex')]);
}

const HEADERS: readonly [string, Buffer, { address: string; port: number } | undefined][] = [
  ['IPv4', header(0x21, 0x11, IPV4), { address: '203.0.113.7', port: 51_234 }],
  ['IPv4 with TLVs', header(0x21, 0x11, IPV4 + TLVS), { address: '203.0.113.7', port: 51_234 }],
  ['IPv6', header(0x21, 0x21, IPV6), { address: '2001:db8::7', port: 51_234 }],
  ['IPv6 with TLVs', header(0x21, 0x21, IPV6 + TLVS), { address: '2001:db8::7', port: 51_234 }],
  ['no family', header(0x21, 0x00, ''), undefined],
  ['no family, with TLVs', header(0x21, 0x00, TLVS), undefined],
  ['Unix sockets', header(0x21, 0x31, '2f'.repeat(216)), undefined],
  ['LOCAL', header(0x20, 0x00, ''), undefined],
  ['LOCAL with addresses, which are ignored', header(0x20, 0x11, IPV4), undefined],
  ['LOCAL with a family that nobody knows', header(0x20, 0xff, IPV4), undefined],
  [
    'the longest',
    header(0x21, 0x11, IPV4.padEnd((PROXY_HEADER_BYTES_MAX - 16) * 2, '0')),
    { address: '203.0.113.7', port: 51_234 },
  ],
];

const MALFORMED: readonly [string, Buffer, string][] = [
  ['a start-up', Buffer.from('0000000804d2162f', 'hex'), 'do not begin'],
  ['TLS', Buffer.from('1603010200010001fc0303', 'hex'), 'do not begin'],
  ['version 1', Buffer.from('PROXY TCP4 203.0.113.7 192.0.2.1 51234 5432\r\n'), 'version 1'],
  ['a request that begins like version 1', Buffer.from('PROXIES'), 'do not begin'],
  ['another version', header(0x31, 0x11, IPV4), 'another version'],
  ['another command', header(0x22, 0x11, IPV4), 'unknown command'],
  ['another family', header(0x21, 0x41, IPV6), 'address family'],
  ['datagrams', header(0x21, 0x12, IPV4), 'another transport'],
  ['an IPv4 address that is cut', header(0x21, 0x11, IPV4.slice(2)), 'too short'],
  ['an IPv6 address that is cut', header(0x21, 0x21, IPV6.slice(2)), 'too short'],
  ['more than the bound', header(0x20, 0, '00'.repeat(PROXY_HEADER_BYTES_MAX - 15)), 'the most is'],
];

/** What is known once each byte has come. */
function* step(bytes: Buffer): Generator<ProxyHeader> {
  for (let length = 0; length <= bytes.length; length += 1) {
    yield parseProxyHeader(bytes.subarray(0, length));
  }
}

describe('a PROXY header', () => {
  it.each(HEADERS)('of %s is read, whatever follows it', (_, bytes, source) => {
    const read = { kind: 'header', bytes: bytes.length, source };
    expect(parseProxyHeader(bytes)).toEqual(read);
    expect(parseProxyHeader(Buffer.concat([bytes, Buffer.from('PROXY \r\n')]))).toEqual(read);
  });

  it.each(HEADERS)('of %s is incomplete until its last byte', (_, bytes) => {
    const steps = [...step(bytes)].map(({ kind }) => kind);
    expect(steps.slice(0, -1).every((kind) => kind === 'incomplete')).toBe(true);
    expect(steps.at(-1)).toBe('header');
  });

  it.each(MALFORMED)('is not %s', (_, bytes, detail) => {
    const read = parseProxyHeader(bytes);
    expect(read).toMatchObject({ kind: 'malformed' });
    expect(read.kind === 'malformed' ? read.detail : '').toContain(detail);
  });

  it('is judged the same at every split', () => {
    const alike = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      // Mostly right, so that more than the signature is looked at.
      fc
        .record({
          command: fc.constantFrom(0x20, 0x21, 0x11, 0x22),
          family: fc.oneof(
            fc.constantFrom(0x00, 0x11, 0x21, 0x31),
            fc.integer({ max: 255, min: 0 }),
          ),
          length: fc.oneof(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 0xffff })),
          rest: fc.uint8Array({ maxLength: 300 }),
        })
        .map(({ command, family, length, rest }) => {
          const fixed = [command, family, length >> 8, length & 0xff];
          return Buffer.concat([Buffer.from(SIGNATURE, 'hex'), Buffer.from(fixed), rest]);
        }),
      fc
        .tuple(fc.constantFrom(...HEADERS), fc.nat(), fc.integer({ min: 0, max: 255 }))
        .map(([[, bytes], at, value]) => {
          const changed = Buffer.from(bytes);
          changed[at % Math.min(64, bytes.length)] = value;
          return changed;
        }),
    );
    fc.assert(
      fc.property(alike, (input) => {
        const whole = parseProxyHeader(Buffer.from(input));
        let settled: ProxyHeader | undefined;
        for (const read of step(Buffer.from(input))) {
          if (settled === undefined && read.kind !== 'incomplete') settled = read;
          if (settled !== undefined) expect(read).toEqual(settled);
        }
        expect(settled ?? { kind: 'incomplete' }).toEqual(whole);
        if (whole.kind !== 'header') return;
        expect(whole.bytes).toBeLessThanOrEqual(Math.min(PROXY_HEADER_BYTES_MAX, input.length));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read as it was written', () => {
    const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(addresses, fc.integer({ min: 0, max: 65_535 }), (address, port) => {
        const bytes = encodeProxyHeader({ address, port });
        const read = parseProxyHeader(bytes);
        if (read.kind !== 'header' || read.source === undefined) throw new Error(read.kind);
        expect(read).toMatchObject({ bytes: bytes.length, source: { port } });
        const canonical = (text: string) =>
          text.includes(':') ? new URL(`http://[${text}]`).hostname : text;
        expect(canonical(read.source.address)).toBe(canonical(address));
      }),
    );
    const own = { kind: 'header', bytes: 16, source: undefined };
    expect(parseProxyHeader(encodeProxyHeader(undefined))).toEqual(own);
    expect(parseProxyHeader(encodeProxyHeader({ address: '', port: 0 }))).toEqual(own);
    const zoned = encodeProxyHeader({ address: 'fe80::1%eth0', port: 1 });
    const source = { address: 'fe80::1', port: 1 };
    expect(parseProxyHeader(zoned)).toEqual({ kind: 'header', bytes: zoned.length, source });
  });
});
