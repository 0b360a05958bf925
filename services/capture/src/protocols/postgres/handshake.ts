import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import {
  MessageScanner,
  decodePassword,
  encodeAuthenticationCleartextPassword,
  encodeNegotiateProtocolVersion,
  frontendType,
  isMalformed,
  parseStartup,
} from '@steno/wire-postgres';
import type { BackendKey, Startup } from '@steno/wire-postgres';
import type { GatewayOptions } from '../../options.js';
import { ByteSource } from './byte-source.js';
import type { Refusal } from './report.js';

/** Most bytes that a client may send before it is authenticated. */
const HANDSHAKE_BYTES = 64 * 1024;
const PASSWORD_BYTES = 20 * 1024;
const NEWEST_MINOR = 2;

export type StartupRequest = Extract<Startup, { kind: 'startup' }>;

/** A client that said what it wants and gave a token; nothing is checked yet. */
export interface Greeted {
  readonly kind: 'greeted';
  readonly client: Duplex;
  readonly startup: StartupRequest;
  readonly token: string;
  readonly tls: string;
  /** Sent before it was asked for. */
  readonly early: Buffer;
}

export type Handshake =
  | Greeted
  | { readonly kind: 'cancel'; readonly key: BackendKey }
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'refused';
      readonly client: Duplex;
      readonly refusal: Refusal;
      readonly startup: StartupRequest | undefined;
    };

/**
 * Takes a client from its first byte to its token (Postgres manual, "Message Flow", "Start-up").
 */
export class ClientHandshake {
  private readonly secureContext: SecureContext | undefined;

  constructor(private readonly options: GatewayOptions) {
    this.secureContext = options.tls === undefined ? undefined : createSecureContext(options.tls);
  }

  async run(socket: Socket): Promise<Handshake> {
    let client: Duplex = socket;
    let source = new ByteSource(socket, HANDSHAKE_BYTES);
    for (;;) {
      const startup = parseStartup(source.buffer);
      if (startup === 'incomplete') {
        if (!(await source.more())) return { kind: 'gone' };
        continue;
      }
      if (isMalformed(startup)) return refuse(client, 'protocol-violation', startup.detail);
      switch (startup.kind) {
        case 'ssl-request': {
          source.take(startup.bytes);
          if (this.secureContext === undefined) {
            client.write('N');
            break;
          }
          if (source.buffer.length > 0) {
            // Bytes in clear behind the request could be somebody else's, slipped in before TLS.
            return refuse(client, 'protocol-violation', 'bytes in clear after SSLRequest');
          }
          source.detach();
          client.write('S');
          client = await this.secure(socket, this.secureContext);
          source = new ByteSource(client, HANDSHAKE_BYTES);
          break;
        }
        case 'direct-tls': {
          if (this.secureContext === undefined || client !== socket) {
            return refuse(client, 'protocol-violation', 'TLS where none is configured');
          }
          const rest = source.detach();
          socket.unshift(rest);
          client = await this.secure(socket, this.secureContext);
          source = new ByteSource(client, HANDSHAKE_BYTES);
          break;
        }
        case 'gssenc-request':
          source.take(startup.bytes);
          client.write('N');
          break;
        case 'cancel':
          return { kind: 'cancel', key: startup };
        case 'startup':
          source.take(startup.bytes);
          return this.askToken(client, source, startup);
      }
    }
  }

  private async secure(socket: Socket, secureContext: SecureContext): Promise<Duplex> {
    const client = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ALPNProtocols: ['postgresql'],
    });
    client.allowHalfOpen = true;
    return Promise.resolve(client);
  }

  private async askToken(
    client: Duplex,
    source: ByteSource,
    startup: StartupRequest,
  ): Promise<Handshake> {
    if (startup.replication !== 'none') return refuse(client, 'replication-refused', '', startup);
    if (!this.mayCarryToken(client)) return refuse(client, 'tls-required', '', startup);
    if (startup.minor > NEWEST_MINOR || startup.protocolOptions.size > 0) {
      const options = [...startup.protocolOptions.keys()];
      const minor = Math.min(startup.minor, NEWEST_MINOR);
      client.write(encodeNegotiateProtocolVersion(minor, options));
    }
    client.write(encodeAuthenticationCleartextPassword());
    const token = await readPassword(source);
    if (token === undefined) return { kind: 'gone' };
    if (typeof token !== 'string') return { kind: 'refused', client, refusal: token, startup };
    const tls = client instanceof TLSSocket ? (client.getProtocol() ?? '') : '';
    return { kind: 'greeted', client, startup, token, tls, early: source.detach() };
  }

  private mayCarryToken(client: Duplex): boolean {
    if (client instanceof TLSSocket || this.options.insecure) return true;
    const { remoteAddress } = client as Socket;
    return isLoopback(remoteAddress ?? '');
  }
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

async function readPassword(source: ByteSource): Promise<string | Refusal | undefined> {
  const scanner = new MessageScanner({
    side: 'frontend',
    maxMessageBytes: PASSWORD_BYTES,
    wholeMessageBytes: PASSWORD_BYTES,
  });
  let answer: string | Refusal | undefined;
  let bytesTaken = 0;
  while (answer === undefined) {
    if (source.buffer.length === 0 && !(await source.more())) return undefined;
    const chunk = source.buffer;
    const malformed = scanner.scan(chunk, {
      message: (type, body, end) => {
        if (answer !== undefined) return;
        bytesTaken = end;
        answer = passwordOf(type, body);
      },
      begin: () => undefined,
      part: () => undefined,
      end: () => undefined,
    });
    if (malformed !== undefined)
      answer ??= { name: 'protocol-violation', detail: malformed.detail };
    source.take(answer === undefined ? chunk.length : bytesTaken);
  }
  return answer;
}

function passwordOf(type: number, body: Buffer): string | Refusal {
  if (type !== frontendType.password) {
    return { name: 'protocol-violation', detail: 'another message where the password belongs' };
  }
  const decoded = decodePassword(body);
  if (isMalformed(decoded)) return { name: 'protocol-violation', detail: decoded.detail };
  return decoded.password.toString('utf8');
}

function refuse(
  client: Duplex,
  name: Refusal['name'],
  detail: string,
  startup?: StartupRequest,
): Handshake {
  const refusal = detail === '' ? { name } : { name, detail };
  return { kind: 'refused', client, refusal, startup };
}
