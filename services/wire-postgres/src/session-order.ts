import type { Buffer } from 'node:buffer';
import { Malformed } from './malformed.js';
import { backendType, frontendType, typeName } from './message-types.js';

type Phase = 'authentication' | 'start-up' | 'ready' | 'copy-out' | 'copy-both';

const always = [backendType.errorResponse, backendType.noticeResponse];
const asynchronous = [...always, backendType.parameterStatus, backendType.notificationResponse];
const copying = [...asynchronous, backendType.copyData, backendType.copyDone];
const notWhenReady: readonly number[] = [
  backendType.authentication,
  backendType.backendKeyData,
  backendType.negotiateProtocolVersion,
  backendType.copyData,
  backendType.copyDone,
];

/** For each phase, 1 at each type byte that may come. */
const allowed: Readonly<Record<Phase, Uint8Array>> = {
  authentication: tableOf([
    ...always,
    backendType.authentication,
    backendType.negotiateProtocolVersion,
  ]),
  'start-up': tableOf([...asynchronous, backendType.backendKeyData, backendType.readyForQuery]),
  ready: tableOf(Object.values(backendType).filter((type) => !notWhenReady.includes(type))),
  'copy-out': tableOf(copying),
  'copy-both': tableOf(copying),
};

function tableOf(types: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const type of types) table[type] = 1;
  return table;
}

/**
 * Follows what a server sends and flags what the manual ("Message Flow") makes impossible. It is
 * NOT a model of a session: a DataRow without a RowDescription is an Execute's and passes, and so
 * does a CommandComplete that nobody asked for.
 */
export class BackendOrder {
  private phase: Phase = 'authentication';

  /** For each message once, with its body; undefined for one that streams. */
  next(type: number, body: Buffer | undefined): Malformed | undefined {
    if (allowed[this.phase][type] !== 1) return outOfPlace(type, this.phase);
    switch (type) {
      case backendType.authentication:
        if (body?.length === 4 && body.readInt32BE(0) === 0) this.phase = 'start-up';
        break;
      case backendType.readyForQuery:
        this.phase = 'ready';
        break;
      case backendType.copyOutResponse:
        this.phase = 'copy-out';
        break;
      case backendType.copyBothResponse:
        this.phase = 'copy-both';
        break;
      case backendType.copyDone:
        this.phase = 'ready';
        break;
      case backendType.errorResponse:
        if (this.phase === 'copy-out' || this.phase === 'copy-both') this.phase = 'ready';
        break;
    }
    return undefined;
  }
}

/**
 * The same for a client, whose types depend on one thing: before it is authenticated it answers
 * requests or leaves, afterwards it has nothing to answer. CopyData outside of COPY is legal,
 * servers ignore it.
 */
export function frontendOrder(type: number, authenticated: boolean): Malformed | undefined {
  const answers = type === frontendType.password;
  if (authenticated ? !answers : answers || type === frontendType.terminate) return undefined;
  return outOfPlace(type, authenticated ? 'ready' : 'authentication');
}

function outOfPlace(type: number, phase: Phase): Malformed {
  return new Malformed('wrong-order', `a message ${typeName(type)} in phase ${phase}`);
}
