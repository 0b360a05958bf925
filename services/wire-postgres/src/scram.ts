import { Buffer } from 'node:buffer';
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { wireLimits } from './limits.js';
import { saslPrep } from './saslprep.js';

export type ScramFailureReason =
  /** A message that RFC 5802 does not allow, or longer than `scramMessageBytes`. */
  | 'bad-message'
  /** The server does not answer our nonce: the message belongs to another exchange. */
  | 'nonce-mismatch'
  /** The server asks for more rounds than `scramIterations`. */
  | 'too-many-iterations'
  /** The server says that it refuses; `detail` is its reason. */
  | 'server-refused'
  /** The server does not know the password: it is not the one we meant to reach. */
  | 'server-signature';

/** Why an exchange ends. `detail` holds no secret. */
export class ScramFailure {
  readonly reason: ScramFailureReason;
  readonly detail: string;

  constructor(reason: ScramFailureReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/**
 * `none`: this connection has no TLS. `not-offered`: it has, but the server offers no -PLUS
 * mechanism (saying so lets it notice if somebody removed its offer). Else the hash of the server's
 * certificate, as RFC 5929 makes it, for SCRAM-SHA-256-PLUS.
 */
export type ChannelBinding = 'none' | 'not-offered' | { readonly tlsServerEndPoint: Buffer };

export interface ScramOptions {
  /** Postgres ignores it and takes the user of the StartupMessage; libpq sends it empty. */
  readonly user: string;
  readonly password: string;
  /** At least 18 random bytes in base64; never used twice. */
  readonly nonce: string;
  readonly channelBinding?: ChannelBinding;
  /** For a caller that keeps derived keys: same contract as `saltPassword`. */
  readonly salting?: typeof saltPassword;
}

export interface ScramStart {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS';
  /** client-first-message, for SASLInitialResponse. */
  readonly message: Buffer;
  /** Takes the data of AuthenticationSASLContinue. */
  answer(serverFirst: Buffer): Promise<ScramAnswer | ScramFailure>;
}

export interface ScramAnswer {
  /** client-final-message, for SASLResponse. */
  readonly message: Buffer;
  /**
   * Takes the data of AuthenticationSASLFinal; undefined when the server has proved that it knows
   * the password. AuthenticationOk without this proof must end the connection.
   */
  verify(serverFinal: Buffer): ScramFailure | undefined;
}

/**
 * The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677; Postgres manual, "SASL Authentication").
 * It is NOT a chooser of mechanisms: whoever reads AuthenticationSASL decides.
 */
export function startScram(options: ScramOptions): ScramStart {
  const binding = options.channelBinding ?? 'none';
  const gs2Header = gs2HeaderOf(binding);
  const user = options.user.replaceAll('=', '=3D').replaceAll(',', '=2C');
  const firstBare = `n=${user},r=${options.nonce}`;
  return {
    mechanism: typeof binding === 'string' ? 'SCRAM-SHA-256' : 'SCRAM-SHA-256-PLUS',
    message: Buffer.from(gs2Header + firstBare, 'utf8'),
    async answer(serverFirst) {
      const challenge = readChallenge(serverFirst, options.nonce);
      if (challenge instanceof ScramFailure) return challenge;
      const { salt, iterations } = challenge;
      const salting = options.salting ?? saltPassword;
      const salted = await salting(options.password, salt, iterations);
      const bindingData = typeof binding === 'string' ? '' : binding.tlsServerEndPoint;
      const header = Buffer.concat([Buffer.from(gs2Header), Buffer.from(bindingData)]);
      const final = `c=${header.toString('base64')},r=${challenge.nonce}`;
      const signed = [firstBare, serverFirst.toString('utf8'), final].join(',');
      return answerWith(salted, final, signed);
    },
  };
}

function answerWith(salted: Buffer, final: string, signed: string): ScramAnswer {
  const clientKey = hmac(salted, 'Client Key');
  const storedKey = createHash('sha256').update(clientKey).digest();
  const clientSignature = hmac(storedKey, signed);
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (clientSignature[at] ?? 0)));
  const serverSignature = hmac(hmac(salted, 'Server Key'), signed);
  return {
    message: Buffer.from(`${final},p=${proof.toString('base64')}`, 'utf8'),
    verify: (serverFinal) => verifyServer(serverFinal, serverSignature),
  };
}

/**
 * Hi(Normalize(password), salt, iterations) of RFC 5802, off the event loop: 32 bytes that are as
 * secret as the password.
 */
export function saltPassword(password: string, salt: Buffer, iterations: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pbkdf2(saslPrep(password), salt, iterations, 32, 'sha256', (error, salted) => {
      if (error === null) resolve(salted);
      else reject(error);
    });
  });
}

function gs2HeaderOf(binding: ChannelBinding): string {
  if (binding === 'none') return 'n,,';
  return binding === 'not-offered' ? 'y,,' : 'p=tls-server-end-point,,';
}

interface Challenge {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** A mandatory extension (`m=`) does not match, as RFC 5802 wants; others may follow. */
const serverFirstPattern =
  /^r=(?<nonce>[!-+\--~]+),s=(?<salt>[A-Za-z0-9+/]+={0,2}),i=(?<iterations>[1-9]\d{0,9})(?:,.*)?$/;

function readChallenge(serverFirst: Buffer, clientNonce: string): Challenge | ScramFailure {
  const fields = matchMessage(serverFirst, serverFirstPattern);
  if (fields instanceof ScramFailure) return fields;
  const { nonce = '', salt = '' } = fields;
  const iterations = Number(fields['iterations']);
  if (!nonce.startsWith(clientNonce) || nonce.length === clientNonce.length) {
    return new ScramFailure('nonce-mismatch', 'the server does not answer this exchange');
  }
  if (iterations > wireLimits.scramIterations) {
    const limit = `scramIterations is ${wireLimits.scramIterations}`;
    return new ScramFailure('too-many-iterations', `${iterations} rounds, ${limit}`);
  }
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations };
}

const serverFinalPattern =
  /^(?:v=(?<verifier>[A-Za-z0-9+/]+={0,2})|e=(?<error>[a-z0-9-]{1,64}))(?:,.*)?$/;

function verifyServer(serverFinal: Buffer, expected: Buffer): ScramFailure | undefined {
  const fields = matchMessage(serverFinal, serverFinalPattern);
  if (fields instanceof ScramFailure) return fields;
  if (fields['error'] !== undefined) return new ScramFailure('server-refused', fields['error']);
  const verifier = Buffer.from(fields['verifier'] ?? '', 'base64');
  const same = verifier.length === expected.length && timingSafeEqual(verifier, expected);
  return same ? undefined : new ScramFailure('server-signature', 'the server has no such password');
}

function matchMessage(
  message: Buffer,
  pattern: RegExp,
): Readonly<Record<string, string | undefined>> | ScramFailure {
  if (message.length > wireLimits.scramMessageBytes) {
    const limit = `scramMessageBytes is ${wireLimits.scramMessageBytes}`;
    return new ScramFailure('bad-message', `a SCRAM message of ${message.length} bytes, ${limit}`);
  }
  const groups = pattern.exec(message.toString('utf8'))?.groups;
  return groups ?? new ScramFailure('bad-message', 'a SCRAM message that RFC 5802 does not allow');
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/**
 * The password for AuthenticationMD5Password: `md5`, then hex of MD5(hex of MD5(password, user),
 * salt) (Postgres manual, "Message Flow", "AuthenticationMD5Password").
 */
export function md5Password(user: string, password: string, salt: Buffer): string {
  const inner = createHash('md5').update(password).update(user).digest('hex');
  return `md5${createHash('md5').update(inner).update(salt).digest('hex')}`;
}
