import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { encodeCancelRequest, encodeSslRequest } from '@steno/wire-postgres';
import type { BackendKey } from '@steno/wire-postgres';
import { ByteSource } from './byte-source.js';
import type { Refusal } from './report.js';

export const TOO_SLOW = 'it did not answer in time';
const SSL_ACCEPTED = 0x53;

/** Somebody who speaks Postgres, and what is asked of them. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** Said in clear before anything else. */
  readonly preamble?: Buffer;
  /** By what their certificate is judged; undefined: no TLS. */
  readonly trust: Trust | undefined;
}

export type Trust =
  /** That it is valid for the host. Undefined: by the authorities that Node knows. */
  | { readonly ca: string | undefined }
  /** That it is this one, valid or not. */
  | { readonly fingerprint256: string };

/** A connection, with TLS where that is asked for. */
export async function openConnection(place: Place, timeoutMs: number): Promise<Duplex | Refusal> {
  const { host, port, preamble } = place;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, allowHalfOpen: true });
  const timer = setTimeout(() => socket.destroy(new Error(TOO_SLOW)), timeoutMs);
  try {
    const failure = await connected(socket, 'connect');
    if (failure !== undefined) return { name: 'target-unreachable', detail: failure };
    if (preamble !== undefined) socket.write(preamble);
    return await secure(socket, place);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks over a connection of its own, and waits until the other side has done with it. */
export async function sendCancel(place: Place, key: BackendKey, timeoutMs: number): Promise<void> {
  const socket = await openConnection(place, timeoutMs);
  if ('name' in socket) return;
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
    socket.once('error', () => {
      resolve();
    });
    socket.end(encodeCancelRequest(key.processId, key.secretKey));
    socket.resume();
  });
  clearTimeout(timer);
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

async function secure(socket: Socket, { host, trust }: Place): Promise<Duplex | Refusal> {
  if (trust === undefined) return socket;
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
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...judging(trust),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['postgresql'],
  });
  const failure = (await connected(secured, 'secureConnect')) ?? mismatch(secured, trust);
  if (failure === undefined) return secured;
  secured.destroy();
  return { name: 'target-untrusted', detail: failure };
}

function judging(trust: Trust): ConnectionOptions {
  if ('fingerprint256' in trust) return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(trust.ca === undefined ? {} : { ca: trust.ca }) };
}

function mismatch(secured: TLSSocket, trust: Trust): string | undefined {
  if ('ca' in trust) return undefined;
  const { fingerprint256 } = secured.getPeerX509Certificate() ?? {};
  return fingerprint256 === trust.fingerprint256 ? undefined : 'its certificate is another';
}
