import { SocketAddress, isIP } from 'node:net';

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const VERSION_1 = Buffer.from('PROXY ', 'latin1');
const FIXED_BYTES = 16;
/** The longest header that is taken; balancers send some hundred bytes of TLVs at most. */
export const PROXY_HEADER_BYTES_MAX = 4 * 1024;

const LOCAL = 0x20;
const PROXY = 0x21;
const STREAM = 1;
/** Bytes of both addresses and ports, by the number of the family: none, IPv4, IPv6, Unix. */
const ADDRESS_BYTES = [0, 12, 36, 216];
const INET = 1;
const INET6 = 2;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const IPV6_GROUPS = 8;

export interface ClientAddress {
  readonly address: string;
  readonly port: number;
}

export type ProxyHeader =
  | {
      readonly kind: 'header';
      /** How many bytes it took; what follows is the client's. */
      readonly bytes: number;
      /** Undefined: the balancer speaks for itself, or of no address on a network. */
      readonly source: ClientAddress | undefined;
    }
  | { readonly kind: 'incomplete' }
  /** `detail` holds nothing of what was sent. */
  | { readonly kind: 'malformed'; readonly detail: string };

/**
 * Reads the header that a balancer sends before the bytes of its client (PROXY protocol, section
 * 2.2, "Binary header format"): 12 bytes signature, version and command, family and transport,
 * Uint16 length, source and destination address, source and destination port, TLVs. Give it all
 * bytes so far; it judges as early as it can, and the same at every split.
 *
 * It is NOT proof of anything: whoever can connect can say that it is somebody else. TLVs are
 * passed over, the checksum among them.
 */
export function parseProxyHeader(buffer: Buffer): ProxyHeader {
  const opening = buffer.subarray(0, SIGNATURE.length);
  if (!opening.equals(SIGNATURE.subarray(0, opening.length))) return withoutSignature(buffer);
  if (buffer.length < FIXED_BYTES) return { kind: 'incomplete' };
  const command = buffer.readUInt8(12);
  if (command !== LOCAL && command !== PROXY) {
    return malformed('a PROXY header of another version, or with an unknown command');
  }
  const bytes = FIXED_BYTES + buffer.readUInt16BE(14);
  if (bytes > PROXY_HEADER_BYTES_MAX) {
    return malformed(`a PROXY header of ${bytes} bytes, the most is ${PROXY_HEADER_BYTES_MAX}`);
  }
  const family = buffer.readUInt8(13) >> 4;
  if (command === PROXY) {
    const wrong = wrongFamily(family, buffer.readUInt8(13) & 0xf, bytes - FIXED_BYTES);
    if (wrong !== undefined) return malformed(wrong);
  }
  if (buffer.length < bytes) return { kind: 'incomplete' };
  const source = command === LOCAL ? undefined : sourceOf(buffer.subarray(FIXED_BYTES), family);
  return { kind: 'header', bytes, source };
}

function withoutSignature(buffer: Buffer): ProxyHeader {
  const opening = buffer.subarray(0, VERSION_1.length);
  if (!opening.equals(VERSION_1.subarray(0, opening.length))) {
    return malformed('bytes that do not begin with a PROXY header');
  }
  if (opening.length < VERSION_1.length) return { kind: 'incomplete' };
  return malformed('a PROXY header of version 1, in text, where version 2 is taken');
}

function wrongFamily(family: number, transport: number, length: number): string | undefined {
  const addressBytes = ADDRESS_BYTES[family];
  if (addressBytes === undefined) return 'a PROXY header with an unknown address family';
  if (family !== 0 && transport !== STREAM) return 'a PROXY header of another transport than TCP';
  return length < addressBytes ? 'a PROXY header too short for its addresses' : undefined;
}

function sourceOf(addresses: Buffer, family: number): ClientAddress | undefined {
  if (family === INET) {
    const address = addresses.subarray(0, IPV4_BYTES).join('.');
    return { address, port: addresses.readUInt16BE(2 * IPV4_BYTES) };
  }
  if (family === INET6) {
    const groups = addresses.subarray(0, IPV6_BYTES).toString('hex').match(/.{4}/g) ?? [];
    const { address } = new SocketAddress({ family: 'ipv6', address: groups.join(':') });
    return { address, port: addresses.readUInt16BE(2 * IPV6_BYTES) };
  }
  return undefined;
}

/**
 * The header of a client at this address, or of the sender itself where that is not known. The
 * destination is left at zero: nobody asks for it.
 */
export function encodeProxyHeader(source: ClientAddress | undefined): Buffer {
  const version = isIP(source?.address ?? '');
  if (source === undefined || version === 0) return withFixedPart(LOCAL, 0, Buffer.alloc(0));
  const address = version === 4 ? ipv4Bytes(source.address) : ipv6Bytes(source.address);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  const family = version === 4 ? INET : INET6;
  const addresses = Buffer.concat([address, Buffer.alloc(address.length), ports]);
  return withFixedPart(PROXY, (family << 4) | STREAM, addresses);
}

function withFixedPart(command: number, family: number, addresses: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(addresses.length);
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, addresses]);
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function ipv6Bytes(address: string): Buffer {
  // Without a zone, and as a URL has it: in hexadecimal throughout.
  const { hostname } = new URL(`http://[${address.replace(/%.*/, '')}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((side) => side.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: IPV6_GROUPS - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function malformed(detail: string): ProxyHeader {
  return { kind: 'malformed', detail };
}
