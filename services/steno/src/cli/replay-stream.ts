import { on, once } from 'node:events';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ReplayFrameSchema, ReplayRequestSchema } from '@steno/proto';
import type { ReplayFrame } from '@steno/proto';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { ApiAddress } from './api-address.js';
import { CliError } from './errors.js';

const PROTOCOL = 'steno.replay.v1';
const CONNECT_MS = 10_000;
const MAX_FRAME = 64 * 1024 * 1024;
/** Frames that wait to be shown; beyond, the server is made to wait. */
const WAITING_FRAMES = { highWaterMark: 256, lowWaterMark: 64 };

/** What to replay; times in nanoseconds from the session's start. */
export interface ReplayRange {
  readonly session: string;
  readonly from: bigint;
  readonly until: bigint;
  /** Go on with what is recorded meanwhile. */
  readonly follow: boolean;
}

/**
 * The frames of one Seek, read no faster than they are taken, up to and with its End.
 *
 * @throws CliError `replay-broken`
 */
export async function* openReplay(
  address: ApiAddress,
  range: ReplayRange,
): AsyncGenerator<ReplayFrame['frame']> {
  const socket = connect(address, range.session);
  try {
    const messages = on(socket, 'message', { close: ['close'], ...WAITING_FRAMES });
    await once(socket, 'open');
    socket.send(toBinary(ReplayRequestSchema, requestFor(range)));
    for await (const [data] of messages as AsyncIterable<[RawData]>) {
      const { frame } = fromBinary(ReplayFrameSchema, toBytes(data));
      yield frame;
      if (frame.case === 'end' && isLast(frame.value.reason, range.follow)) return;
    }
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error));
  } finally {
    socket.on('error', () => undefined);
    socket.close();
  }
  throw broken('The connection was closed');
}

/** With follow the End of the recorded range only says that live chunks come next. */
function isLast(reason: string, follow: boolean): boolean {
  if (reason === 'failed') throw new Error('Steno could not go on');
  return !(follow && reason === 'range');
}

function connect({ url, token }: ApiAddress, session: string): WebSocket {
  const path = `/api/sessions/${encodeURIComponent(session)}/replay`;
  return new WebSocket(url.replace(/^http/, 'ws') + path, [PROTOCOL], {
    headers: { authorization: `Bearer ${token}` },
    origin: new URL(url).origin,
    handshakeTimeout: CONNECT_MS,
    maxPayload: MAX_FRAME,
    perMessageDeflate: false,
  });
}

function requestFor({ from, until, follow }: ReplayRange) {
  const seek = { request: 1, at: { case: 't' as const, value: from }, until, follow };
  return create(ReplayRequestSchema, { seek });
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function broken(reason: string): CliError {
  return new CliError('replay-broken', `${reason}.`);
}
