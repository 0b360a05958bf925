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
const HEADER_BYTES = 5;
const MESSAGE_MAX = 1024;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const SSL_ACCEPTED = 0x53;
const TOO_SLOW = 'it did not answer in time';

/** A target that is ready for commands. */
export interface Upstream {
  readonly socket: Duplex;
  readonly key: BackendKey | undefined;
  /** What the client is to get besides a key: settings and notices. */
  readonly settings: Buffer;
  /** ReadyForQuery. */
  readonly ready: Buffer;
}

/** Connects to the target as the credential's user, whose password the client never sees. */
export async function connectUpstream(
  target: Target,
  startup: StartupParameters,
  timeoutMs: number,
): Promise<Upstream | Refusal> {
  const socket = await openSocket(target, timeoutMs);
  if ('name' in socket) return socket;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    socket.destroy();
  }, timeoutMs);
  const upstream = await login(socket, target, startup);
  clearTimeout(timer);
  if (!('name' in upstream)) return upstream;
  socket.destroy();
  return isLate ? { name: 'target-unreachable', detail: TOO_SLOW } : upstream;
}

/**
 * A connection to the target, with TLS where it is configured; used for cancel requests as well.
 */
export async function openSocket(target: Target, timeoutMs: number): Promise<Duplex | Refusal> {
  const { host, port } = target;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, allowHalfOpen: true });
  const timer = setTimeout(() => socket.destroy(new Error(TOO_SLOW)), timeoutMs);
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
  try {
    return await exchange.run();
  } catch (error) {
    // Why a credential cannot be read may name files of the operator: not for the client.
    const cause = error instanceof Error ? error.message : String(error);
    return { name: 'credential-unavailable', cause };
  }
}

interface Message {
  readonly type: number;
  readonly body: Buffer;
  /** Header included. */
  readonly whole: Buffer;
}

/** The client's side of authentication (Postgres manual, "Start-up"), message by message. */
class Login {
  private readonly source: ByteSource;
  private readonly scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: GREETING_BYTES,
    wholeMessageBytes: GREETING_BYTES,
  });
  private readonly settings: Buffer[] = [];
  private readonly messages: Message[] = [];
  private key: BackendKey | undefined;
  private scram: ScramStart | undefined;
  private answer: ScramAnswer | undefined;
  /** SCRAM proves the server too; AuthenticationOk before that proof is an impostor's. */
  private proofOwed = false;
  /** What came behind ReadyForQuery. */
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly socket: Duplex,
    private readonly target: Target,
  ) {
    this.source = new ByteSource(socket, GREETING_BYTES);
  }

  async run(): Promise<Upstream | Refusal> {
    for (;;) {
      const next = this.messages.shift();
      if (next === undefined) {
        const refusal = await this.read();
        if (refusal !== undefined) return refusal;
      } else if (next.type === backendType.readyForQuery) {
        return this.begin(next.whole);
      } else {
        const refusal = await this.take(next);
        if (refusal !== undefined) return refusal;
      }
    }
  }

  private begin(ready: Buffer): Upstream {
    const { socket, key, source } = this;
    const rest = Buffer.concat([this.rest, source.detach()]);
    if (rest.length > 0) socket.unshift(rest);
    return { socket, key, settings: Buffer.concat(this.settings), ready };
  }

  private async read(): Promise<Refusal | undefined> {
    const { source, messages } = this;
    if (source.buffer.length === 0 && !(await source.more())) {
      return { name: 'target-unreachable', detail: 'it closed the connection' };
    }
    const chunk = source.take(source.buffer.length);
    let isReady = false;
    const malformed = this.scanner.scan(chunk, {
      message: (type, body, end) => {
        if (isReady) return;
        const whole = Buffer.from(withHeader(body));
        messages.push({ type, body: whole.subarray(HEADER_BYTES), whole });
        isReady = type === backendType.readyForQuery;
        if (isReady) this.rest = chunk.subarray(end);
      },
      begin: () => undefined,
      part: () => undefined,
      end: () => undefined,
    });
    if (malformed === undefined || isReady) return undefined;
    return { name: 'target-misspoke', detail: malformed.detail };
  }

  private async take({ type, body, whole }: Message): Promise<Refusal | undefined> {
    switch (type) {
      case backendType.authentication:
        return this.authenticate(body);
      case backendType.errorResponse:
        return refusedBy(body);
      case backendType.backendKeyData: {
        const key = decodeBackendKeyData(body);
        if (!isMalformed(key)) this.key = key;
        return undefined;
      }
      case backendType.negotiateProtocolVersion:
        return undefined;
      default:
        this.settings.push(whole);
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
 * word, with its own SQLSTATE, since drivers tell by it whether to try again.
 */
function refusedBy(body: Buffer): Refusal {
  const fields = decodeErrorFields(body);
  if (isMalformed(fields)) return { name: 'target-misspoke', detail: fields.detail };
  const sqlstate = fieldText(fields, 'C') ?? '';
  if (sqlstate.startsWith('28')) return refused(`SQLSTATE ${sqlstate}`);
  const message = (fieldText(fields, 'M') ?? '').slice(0, MESSAGE_MAX);
  return {
    name: 'target-declined',
    detail: `${message} (SQLSTATE ${sqlstate})`,
    ...(SQLSTATE.test(sqlstate) ? { sqlstate } : {}),
  };
}
