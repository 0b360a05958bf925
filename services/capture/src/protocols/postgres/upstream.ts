import { randomBytes } from 'node:crypto';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import {
  MessageScanner,
  ScramFailure,
  backendType,
  decodeAuthentication,
  decodeBackendKeyData,
  decodeErrorFields,
  encodePassword,
  encodeSaslInitialResponse,
  encodeSaslResponse,
  encodeSslRequest,
  encodeStartup,
  fieldText,
  isMalformed,
  md5Password,
  startScram,
  withHeader,
} from '@steno/wire-postgres';
import type { BackendKey, ScramAnswer, ScramStart, StartupParameters } from '@steno/wire-postgres';
import type { Target } from '../../options.js';
import { ByteSource } from './byte-source.js';
import type { Refusal } from './report.js';

/** Most bytes that a target may send before it is ready. */
const GREETING_BYTES = 1024 * 1024;
const SSL_ACCEPTED = 0x53;

/** A target that is ready for commands. */
export interface Upstream {
  readonly socket: Duplex;
  readonly key: BackendKey | undefined;
  /** What the client is to get: settings, notices, ReadyForQuery, without the target's key. */
  readonly greeting: Buffer;
}

/** Connects to the target as the credential's user, which the client never sees. */
export async function connectUpstream(
  target: Target,
  startup: StartupParameters,
  timeoutMs: number,
): Promise<Upstream | Refusal> {
  const socket = await openSocket(target, timeoutMs);
  if ('name' in socket) return socket;
  const timer = setTimeout(() => socket.destroy(new Error('the target was too slow')), timeoutMs);
  try {
    const upstream = await login(socket, target, startup);
    if ('name' in upstream) socket.destroy();
    return upstream;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A connection to the target, with TLS where it is configured; used for cancel requests as well.
 */
export async function openSocket(target: Target, timeoutMs: number): Promise<Duplex | Refusal> {
  const { host, port } = target;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, allowHalfOpen: true });
  const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs);
  try {
    const failure = await connected(socket, 'connect');
    if (failure !== undefined) return { name: 'target-unreachable', detail: failure };
    return await secure(socket, target);
  } finally {
    clearTimeout(timer);
  }
}

function connected(
  socket: Socket,
  event: 'connect' | 'secureConnect',
): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once(event, () => {
      resolve(undefined);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    socket.once('close', () => {
      resolve('it closed the connection');
    });
  });
}

async function secure(socket: Socket, target: Target): Promise<Duplex | Refusal> {
  if (target.tls.mode === 'disable') return socket;
  const source = new ByteSource(socket, 1);
  socket.write(encodeSslRequest());
  const answered = await source.more();
  const rest = source.detach();
  if (!answered || rest[0] !== SSL_ACCEPTED || rest.length !== 1) {
    socket.destroy();
    return { name: 'target-untrusted', detail: 'it does not offer TLS' };
  }
  const secured = connectTls({
    socket,
    host: target.host,
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
    ...(target.tls.ca === undefined ? {} : { ca: target.tls.ca }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ALPNProtocols: ['postgresql'],
  });
  const failure = await connected(secured, 'secureConnect');
  return failure === undefined ? secured : { name: 'target-untrusted', detail: failure };
}

async function login(
  socket: Duplex,
  target: Target,
  startup: StartupParameters,
): Promise<Upstream | Refusal> {
  const exchange = new Login(socket, target);
  const parameters = new Map(startup.parameters);
  parameters.set('user', target.credential.username);
  parameters.set('database', target.database);
  socket.write(encodeStartup({ ...startup, parameters, protocolOptions: new Map() }));
  return exchange.run();
}

interface Message {
  readonly type: number;
  readonly body: Buffer;
}

/** The client's side of authentication (Postgres manual, "Start-up"), message by message. */
class Login {
  private readonly source: ByteSource;
  private readonly scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: GREETING_BYTES,
    wholeMessageBytes: GREETING_BYTES,
  });
  private readonly greeting: Buffer[] = [];
  private readonly messages: Message[] = [];
  private key: BackendKey | undefined;
  private scram: ScramStart | undefined;
  private answer: ScramAnswer | undefined;
  /** SCRAM proves the server too; AuthenticationOk before that proof is an impostor's. */
  private proofOwed = false;
  private ready = false;

  constructor(
    private readonly socket: Duplex,
    private readonly target: Target,
  ) {
    this.source = new ByteSource(socket, GREETING_BYTES);
  }

  async run(): Promise<Upstream | Refusal> {
    while (!this.ready) {
      if (this.source.buffer.length === 0 && !(await this.source.more())) {
        return { name: 'target-unreachable', detail: 'it closed the connection' };
      }
      const malformed = this.scanner.scan(this.source.take(this.source.buffer.length), {
        message: (type, body) =>
          void this.messages.push({ type, body: Buffer.from(withHeader(body)) }),
        begin: () => undefined,
        part: () => undefined,
        end: () => undefined,
      });
      if (malformed !== undefined) return { name: 'target-misspoke', detail: malformed.detail };
      for (let next = this.messages.shift(); next !== undefined; next = this.messages.shift()) {
        const refusal = await this.take(next.type, next.body.subarray(5), next.body);
        if (refusal !== undefined) return refusal;
      }
    }
    this.source.detach();
    return { socket: this.socket, key: this.key, greeting: Buffer.concat(this.greeting) };
  }

  private async take(type: number, body: Buffer, whole: Buffer): Promise<Refusal | undefined> {
    switch (type) {
      case backendType.authentication:
        return this.authenticate(body);
      case backendType.errorResponse:
        return refusedBy(body);
      case backendType.backendKeyData: {
        const key = decodeBackendKeyData(body);
        if (!isMalformed(key)) {
          this.key = { processId: key.processId, secretKey: Buffer.from(key.secretKey) };
        }
        return undefined;
      }
      case backendType.negotiateProtocolVersion:
        return undefined;
      case backendType.readyForQuery:
        this.ready = true;
        this.greeting.push(whole);
        return undefined;
      default:
        this.greeting.push(whole);
        return undefined;
    }
  }

  private async authenticate(body: Buffer): Promise<Refusal | undefined> {
    const request = decodeAuthentication(body);
    if (isMalformed(request)) return { name: 'target-misspoke', detail: request.detail };
    const { username } = this.target.credential;
    switch (request.kind) {
      case 'ok':
        return this.proofOwed ? refused('it did not prove that it knows the password') : undefined;
      case 'cleartext-password':
        this.socket.write(encodePassword(await this.target.credential.password()));
        return undefined;
      case 'md5-password': {
        const password = await this.target.credential.password();
        this.socket.write(encodePassword(md5Password(username, password, request.salt)));
        return undefined;
      }
      case 'sasl':
        return this.startSasl(request.mechanisms);
      case 'sasl-continue':
        return this.continueSasl(request.data);
      case 'sasl-final': {
        const failure = this.answer?.verify(request.data);
        this.proofOwed = this.answer === undefined || failure !== undefined;
        return this.proofOwed ? refused(failure?.detail ?? 'SASL out of order') : undefined;
      }
      default:
        return refused(`it asks for authentication by ${request.kind}, which Steno does not speak`);
    }
  }

  private async startSasl(mechanisms: readonly string[]): Promise<Refusal | undefined> {
    if (!mechanisms.includes('SCRAM-SHA-256')) return refused(`SASL ${mechanisms.join(', ')}`);
    const password = await this.target.credential.password();
    const nonce = randomBytes(18).toString('base64');
    this.scram = startScram({ user: '', password, nonce });
    this.proofOwed = true;
    this.socket.write(encodeSaslInitialResponse(this.scram.mechanism, this.scram.message));
    return undefined;
  }

  private async continueSasl(data: Buffer): Promise<Refusal | undefined> {
    const answer = await this.scram?.answer(data);
    if (answer === undefined) return refused('SASL out of order');
    if (answer instanceof ScramFailure) return refused(answer.detail);
    this.answer = answer;
    this.socket.write(encodeSaslResponse(answer.message));
    return undefined;
  }
}

function refused(detail: string): Refusal {
  return { name: 'target-refused', detail };
}

/**
 * Class 28 is about the credential, which is ours to explain; anything else is the target's own
 * word.
 */
function refusedBy(body: Buffer): Refusal {
  const fields = decodeErrorFields(body);
  if (isMalformed(fields)) return { name: 'target-misspoke', detail: fields.detail };
  const code = fieldText(fields, 'C') ?? '';
  const message = fieldText(fields, 'M') ?? '';
  return code.startsWith('28')
    ? refused(`SQLSTATE ${code}`)
    : { name: 'target-unreachable', detail: `${message} (SQLSTATE ${code})` };
}
