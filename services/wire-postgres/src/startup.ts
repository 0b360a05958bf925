import { type Buffer, isUtf8 } from 'node:buffer';
import { checkSecretKey, type BackendKey } from './backend.js';
import { BodyReader } from './body-reader.js';
import { wireLimits } from './limits.js';
import { Malformed } from './malformed.js';
import { MessageWriter } from './message-writer.js';

const lengthFieldBytes = 4;
const cancelCode = 80_877_102;
const sslCode = 80_877_103;
const gssEncCode = 80_877_104;
const optionPrefix = '_pq_.';
/** The first byte of a TLS record that carries a handshake. */
const tlsHandshake = 0x16;

export type Replication = 'none' | 'physical' | 'database' | 'invalid';

export interface StartupParameters {
  /** The minor version of protocol 3 that the client asks for: 0, 2, or one yet to come. */
  readonly minor: number;
  /** `user`, `database`, and settings; of a name given twice the last counts, as in Postgres. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Protocol extensions, names with their `_pq_.`: a server must name those it does not know. */
  readonly protocolOptions: ReadonlyMap<string, string>;
}

/** `bytes` is how many bytes of the buffer the packet took. */
export type Startup =
  | { readonly kind: 'ssl-request' | 'gssenc-request'; readonly bytes: number }
  /** TLS without an SSLRequest before it, as `sslnegotiation=direct` starts; nothing is taken. */
  | { readonly kind: 'direct-tls'; readonly bytes: 0 }
  | ({ readonly kind: 'cancel'; readonly bytes: number } & BackendKey)
  | ({
      readonly kind: 'startup';
      readonly bytes: number;
      /** What the parameter `replication` asks for, which is also among the parameters. */
      readonly replication: Replication;
    } & StartupParameters);

/**
 * Reads a client's first packet, or the next one after an encryption request was answered: Int32
 * length, Int32 code, fields (Postgres manual, "Message Formats": StartupMessage, SSLRequest,
 * GSSENCRequest, CancelRequest). Give it all bytes so far; it copies nothing of them but strings.
 *
 * It is NOT a gatekeeper: users, databases and settings mean nothing to it. Whoever answers an
 * encryption request must refuse bytes that came after it in clear, beyond `bytes`: they could be
 * a stranger's, slipped in before TLS. Text that is not UTF-8 is malformed, since it could not be
 * passed on unchanged.
 */
export function parseStartup(buffer: Buffer): Startup | 'incomplete' | Malformed {
  if (buffer[0] === tlsHandshake) return { kind: 'direct-tls', bytes: 0 };
  if (buffer.length < lengthFieldBytes) return 'incomplete';
  const bytes = buffer.readUInt32BE(0);
  if (bytes < lengthFieldBytes + 4) {
    return new Malformed('bad-length', `a start-up packet of length ${bytes}`);
  }
  if (bytes > lengthFieldBytes + wireLimits.startupBytes) {
    const limit = `startupBytes is ${wireLimits.startupBytes}`;
    return new Malformed('over-limit', `a start-up packet of length ${bytes}, ${limit}`);
  }
  if (buffer.length < bytes) return 'incomplete';
  const reader = new BodyReader(buffer.subarray(lengthFieldBytes, bytes));
  const code = reader.uint32();
  switch (code) {
    case sslCode:
      return reader.finish({ kind: 'ssl-request', bytes });
    case gssEncCode:
      return reader.finish({ kind: 'gssenc-request', bytes });
    case cancelCode:
      return readCancel(reader, bytes);
    default:
      return readStartup(reader, code, bytes);
  }
}

function readCancel(reader: BodyReader, bytes: number): Startup | Malformed {
  const processId = reader.int32();
  const secretKey = reader.rest();
  checkSecretKey(reader, secretKey);
  return reader.finish({ kind: 'cancel', bytes, processId, secretKey });
}

function readStartup(reader: BodyReader, version: number, bytes: number): Startup | Malformed {
  const major = version >>> 16;
  const minor = version & 0xffff;
  if (major !== 3) {
    return new Malformed('unsupported-version', `protocol ${major}.${minor} instead of 3`);
  }
  const parameters = new Map<string, string>();
  const protocolOptions = new Map<string, string>();
  for (let name = readText(reader); name !== ''; name = readText(reader)) {
    const target = name.startsWith(optionPrefix) ? protocolOptions : parameters;
    target.set(name, readText(reader));
    if (parameters.size + protocolOptions.size > wireLimits.startupParameters) {
      const limit = `startupParameters is ${wireLimits.startupParameters}`;
      return new Malformed('over-limit', `too many start-up parameters, ${limit}`);
    }
  }
  const replication = replicationMode(parameters.get('replication'));
  return reader.finish({
    kind: 'startup',
    bytes,
    minor,
    parameters,
    protocolOptions,
    replication,
  });
}

function readText(reader: BodyReader): string {
  const text = reader.text();
  if (!isUtf8(text)) reader.fail('bad-value', 'a start-up parameter that is not UTF-8');
  return reader.failed ? '' : text.toString('utf8');
}

/** As Postgres reads it: `database`, or a boolean by any unambiguous beginning of its words. */
function replicationMode(value: string | undefined): Replication {
  if (value === undefined) return 'none';
  if (value === 'database') return 'database';
  if (/^(f|fa|fal|fals|false|n|no|of|off|0)$/i.test(value)) return 'none';
  return /^(t|tr|tru|true|y|ye|yes|on|1)$/i.test(value) ? 'physical' : 'invalid';
}

/** Int32 length, Int32 version, {String name, String value}…, Byte1(0). */
export function encodeStartup(startup: StartupParameters): Buffer {
  const writer = new MessageWriter(undefined, 256).uint32(0x3_0000 + startup.minor);
  for (const [name, value] of startup.parameters) writer.text(name).text(value);
  for (const [name, value] of startup.protocolOptions) writer.text(name).text(value);
  return writer.uint8(0).finish();
}

/** Answered by one byte: `S` to begin TLS, `N` for no. Bytes right after `S` are an attack. */
export function encodeSslRequest(): Buffer {
  return new MessageWriter(undefined, 4).uint32(sslCode).finish();
}

export function encodeGssEncRequest(): Buffer {
  return new MessageWriter(undefined, 4).uint32(gssEncCode).finish();
}

/** Sent alone on a connection of its own; the key is that of the server's BackendKeyData. */
export function encodeCancelRequest(processId: number, secretKey: Buffer): Buffer {
  const writer = new MessageWriter(undefined).uint32(cancelCode);
  return writer.int32(processId).bytes(secretKey).finish();
}
