import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
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
import { parseProxyHeader } from '../proxy-header.js';
import type { CertificateProblem } from '../../authentication/client-certificate.js';
import type { VerifiedIdentity } from '../../authentication/token-verifier.js';
import type { FrontTls } from '../front-tls.js';
import type { ClientAddress } from '../proxy-header.js';
import { ByteSource } from './byte-source.js';
import { isLoopback } from './peer-address.js';
import type { Refusal } from './report.js';

/** Most bytes that a client may send before it is authenticated. */
const HANDSHAKE_BYTES = 64 * 1024;
const PASSWORD_BYTES = 20 * 1024;
/** Of protocol 3, as the gateway speaks it. */
export const NEWEST_MINOR = 2;
const ALPN = 'postgresql';

export type StartupRequest = Extract<Startup, { kind: 'startup' }>;

export interface HandshakeOptions {
  readonly tls: FrontTls | undefined;
  /** Tokens may travel in clear off loopback. */
  readonly insecure: boolean;
}

/** A client that said what it wants, and by what it proves who it is. */
export interface Greeted {
  readonly kind: 'greeted';
  readonly client: Duplex;
  readonly startup: StartupRequest;
  /** A token, which is not checked yet; or who its certificate says that it is. */
  readonly proof: string | VerifiedIdentity;
  readonly tls: string;
  /** Sent before it was asked for. */
  readonly early: Buffer;
}

interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly startup: StartupRequest | undefined;
  readonly certificate?: CertificateProblem;
}

export type Handshake =
  | Greeted
  | { readonly kind: 'cancel'; readonly key: BackendKey }
  | { readonly kind: 'gone' }
  | Refused;

/** Takes one client from its first byte to its token (Postgres manual, "Message Flow"). */
export class ClientHandshake {
  /** Where the client is to be answered now: the socket, or TLS over it. */
  client: Duplex;
  /** Where the client is: at the other end of the socket, or where a balancer says. */
  origin: ClientAddress;
  private source: ByteSource;

  constructor(
    private readonly socket: Socket,
    private readonly options: HandshakeOptions,
  ) {
    this.client = socket;
    this.origin = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    this.source = new ByteSource(socket, HANDSHAKE_BYTES);
  }

  /** Takes the PROXY header in front of the client's bytes; undefined when it is taken. */
  async takeProxyHeader(): Promise<Refused | { readonly kind: 'gone' } | undefined> {
    const { source } = this;
    for (;;) {
      const header = parseProxyHeader(source.buffer);
      if (header.kind === 'malformed') return this.refuse('proxy-header-refused', header.detail);
      if (header.kind === 'header') {
        source.take(header.bytes);
        this.origin = header.source ?? this.origin;
        return undefined;
      }
      if (!(await source.more())) return { kind: 'gone' };
    }
  }

  async run(): Promise<Handshake> {
    const asked = new Set<Startup['kind']>();
    for (;;) {
      const { source } = this;
      const startup = parseStartup(source.buffer);
      if (startup === 'incomplete') {
        if (!(await source.more())) return { kind: 'gone' };
        continue;
      }
      if (isMalformed(startup)) return this.refuse('protocol-violation', startup.detail);
      if (startup.kind === 'cancel') return { kind: 'cancel', key: startup };
      source.take(startup.bytes);
      if (startup.kind === 'startup') return this.askProof(startup);
      // Each way to encrypt may be asked for once, and not within the encryption.
      if (asked.has(startup.kind) || this.client !== this.socket) {
        return this.refuse('protocol-violation', 'encryption was asked for again');
      }
      asked.add(startup.kind);
      const refused = await this.encrypt(startup.kind);
      if (refused !== undefined) return refused;
    }
  }

  private async encrypt(
    kind: Exclude<Startup['kind'], 'cancel' | 'startup'>,
  ): Promise<Handshake | undefined> {
    const { tls } = this.options;
    if (kind === 'direct-tls') {
      if (tls === undefined) {
        return this.refuse('protocol-violation', 'TLS where none is configured');
      }
      const hello = this.source.detach();
      const secured = await this.secure(tls, hello);
      // Without the protocol's name this could be a browser's request, led here by somebody else.
      if (secured === undefined || secured.alpnProtocol === ALPN) return undefined;
      return this.refuse('protocol-violation', `TLS without the protocol name ${ALPN}`);
    }
    if (kind === 'gssenc-request' || tls === undefined) {
      this.client.write('N');
      return undefined;
    }
    if (this.source.buffer.length > 0) {
      // Bytes in clear behind the request could be somebody else's, slipped in before TLS.
      return this.refuse('protocol-violation', 'bytes in clear after SSLRequest');
    }
    this.source.detach();
    this.client.write('S');
    await this.secure(tls);
    return undefined;
  }

  /** Undefined when it did not come to TLS; then the client is gone. */
  private async secure(tls: FrontTls, hello?: Buffer): Promise<TLSSocket | undefined> {
    const secured = new TLSSocket(this.socket, {
      isServer: true,
      ...tls.socketOptions,
      ALPNProtocols: [ALPN],
    });
    secured.allowHalfOpen = true;
    secured.on('error', () => undefined); // whoever uses it sees its end as well
    this.client = secured;
    this.source = new ByteSource(secured, HANDSHAKE_BYTES);
    const isSecure = new Promise<boolean>((resolve) => {
      secured.once('secure', () => {
        resolve(true);
      });
      secured.once('close', () => {
        resolve(false);
      });
    });
    if (hello !== undefined) this.socket.unshift(hello);
    return (await isSecure) ? secured : undefined;
  }

  private async askProof(startup: StartupRequest): Promise<Handshake> {
    const { client, source } = this;
    if (startup.replication !== 'none') return this.refuse('replication-refused', '', startup);
    if (!this.mayCarryToken()) return this.refuse('tls-required', '', startup);
    // Who shows a certificate is who it says, and is asked for nothing else.
    const shown = client instanceof TLSSocket ? this.options.tls?.identityOf(client) : undefined;
    if (shown?.kind === 'untrusted') {
      const refusal = { name: 'certificate-refused', detail: shown.detail } as const;
      return { kind: 'refused', refusal, startup, certificate: shown };
    }
    if (startup.minor > NEWEST_MINOR || startup.protocolOptions.size > 0) {
      const options = [...startup.protocolOptions.keys()];
      const minor = Math.min(startup.minor, NEWEST_MINOR);
      client.write(encodeNegotiateProtocolVersion(minor, options));
    }
    const proof = shown ?? (await this.askPassword());
    if (proof === undefined) return { kind: 'gone' };
    if (typeof proof !== 'string' && 'name' in proof) {
      return { kind: 'refused', refusal: proof, startup };
    }
    const tls = client instanceof TLSSocket ? (client.getProtocol() ?? '') : '';
    return { kind: 'greeted', client, startup, proof, tls, early: source.detach() };
  }

  private async askPassword(): Promise<string | Refusal | undefined> {
    this.client.write(encodeAuthenticationCleartextPassword());
    return readPassword(this.source);
  }

  private mayCarryToken(): boolean {
    if (this.client !== this.socket || this.options.insecure) return true;
    // With a balancer between there are two ways for a token, and it is in clear on both.
    return [this.socket.remoteAddress ?? '', this.origin.address].every(isLoopback);
  }

  private refuse(name: Refusal['name'], detail: string, startup?: StartupRequest): Refused {
    const refusal = detail === '' ? { name } : { name, detail };
    return { kind: 'refused', refusal, startup };
  }
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
