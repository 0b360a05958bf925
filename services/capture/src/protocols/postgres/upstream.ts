import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import {
  MessageScanner,
  ScramFailure,
  backendType,
  decodeAuthentication,
  decodeBackendKeyData,
  decodeErrorFields,
  decodeParameterStatus,
  encodeAuthenticationOk,
  encodeBackendKeyData,
  encodePassword,
  encodeSaslInitialResponse,
  encodeSaslResponse,
  encodeStartup,
  fieldText,
  isMalformed,
  md5Password,
  startScram,
  withHeader,
} from '@steno/wire-postgres';
import type { BackendKey, ScramAnswer, ScramStart, StartupParameters } from '@steno/wire-postgres';
import type { Lease, Target } from '../../options.js';
import { ByteSource } from './byte-source.js';
import { TOO_SLOW, openConnection } from './outgoing-connection.js';
import type { Place } from './outgoing-connection.js';
import type { Refusal } from './report.js';

/** Most bytes that a target may send before it is ready. */
const GREETING_BYTES = 1024 * 1024;
const HEADER_BYTES = 5;
const MESSAGE_MAX = 1024;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Where to, and as whom. */
export interface SignIn {
  readonly target: Target;
  readonly lease: Lease;
}

/** A target that is ready for commands. */
export interface Upstream {
  readonly socket: Duplex;
  readonly key: BackendKey | undefined;
  /** What the client is to get besides a key: settings and notices. */
  readonly settings: Buffer;
  /** The settings that the target reported, by name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** ReadyForQuery. */
  readonly ready: Buffer;
}

/** Connects to the target as the user of the lease, whose password the client never sees. */
export async function connectUpstream(
  { target, lease }: SignIn,
  startup: StartupParameters,
  timeoutMs: number,
): Promise<Upstream | Refusal> {
  const socket = await openConnection(placeOf(target), timeoutMs);
  if ('name' in socket) return socket;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    socket.destroy();
  }, timeoutMs);
  const upstream = await login(socket, { target, lease }, startup);
  clearTimeout(timer);
  if (!('name' in upstream)) return upstream;
  socket.destroy();
  return isLate ? { name: 'target-unreachable', detail: TOO_SLOW } : upstream;
}

/** What a client gets once its session is there: the target's greeting with a key of ours. */
export function welcome({ settings, ready }: Upstream, key: BackendKey | undefined): Buffer {
  const cancelKey = key === undefined ? [] : [encodeBackendKeyData(key.processId, key.secretKey)];
  return Buffer.concat([encodeAuthenticationOk(), settings, ...cancelKey, ready]);
}

/** What a client asks for but for some settings: those are the last that the target reads. */
export function withSettings(
  asked: ReadonlyMap<string, string>,
  settings: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const left = [...asked].filter(([name]) => !settings.has(name.toLowerCase()));
  return new Map([...left, ...settings]);
}

/** Where a target is, and how it is known that it is the one. */
export function placeOf({ host, port, tls }: Target): Place {
  return { host, port, trust: tls.mode === 'disable' ? undefined : { ca: tls.ca } };
}

async function login(
  socket: Duplex,
  { target, lease }: SignIn,
  startup: StartupParameters,
): Promise<Upstream | Refusal> {
  const exchange = new Login(socket, lease);
  const parameters = new Map(startup.parameters);
  parameters.set('user', lease.username);
  parameters.set('database', target.database);
  socket.write(encodeStartup({ ...startup, parameters, protocolOptions: new Map() }));
  try {
    return await exchange.run();
  } catch (error) {
    // What is wrong with a password is for the operator, not for the client.
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
  private readonly parameters = new Map<string, string>();
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
    private readonly lease: Lease,
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
    const { socket, key, source, parameters } = this;
    const rest = Buffer.concat([this.rest, source.detach()]);
    if (rest.length > 0) socket.unshift(rest);
    return { socket, key, settings: Buffer.concat(this.settings), parameters, ready };
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
      case backendType.parameterStatus: {
        const status = decodeParameterStatus(body);
        if (!isMalformed(status)) this.parameters.set(status.name, status.value);
        this.settings.push(whole);
        return undefined;
      }
      default:
        this.settings.push(whole);
        return undefined;
    }
  }

  private async authenticate(body: Buffer): Promise<Refusal | undefined> {
    const request = decodeAuthentication(body);
    if (isMalformed(request)) return { name: 'target-misspoke', detail: request.detail };
    const { username, password } = this.lease;
    switch (request.kind) {
      case 'ok':
        return this.proofOwed ? refused('it did not prove that it knows the password') : undefined;
      case 'cleartext-password':
        this.socket.write(encodePassword(password));
        return undefined;
      case 'md5-password':
        this.socket.write(encodePassword(md5Password(username, password, request.salt)));
        return undefined;
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

  private startSasl(mechanisms: readonly string[]): Refusal | undefined {
    if (!mechanisms.includes('SCRAM-SHA-256')) return refused(`SASL ${mechanisms.join(', ')}`);
    const { password } = this.lease;
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
