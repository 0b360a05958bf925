import { create } from '@bufbuild/protobuf';
import { SessionClosedSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { emptyHead, leafHash } from './chain.js';
import type { StreamHead } from './chain.js';
import { generatedFacts } from './event-stream.js';
import { responseCompleted } from './hot-facts.js';
import type { Facts } from './hot-facts.js';

/** What the events of a session say about it so far. */
export interface SessionState {
  readonly phase: 'new' | 'open' | 'closed';
  readonly head: StreamHead;
  readonly identity: string;
  readonly target: string;
  readonly commands: number;
  readonly errors: number;
  readonly rows: number;
  readonly bytes: number;
  /** Positions of commands without a response. */
  readonly pending: readonly number[];
}

export function initialSession(stream: string): SessionState {
  return {
    phase: 'new',
    head: emptyHead(stream),
    identity: '',
    target: '',
    commands: 0,
    errors: 0,
    rows: 0,
    bytes: 0,
    pending: [],
  };
}

export function evolveSession(
  state: SessionState,
  event: { readonly envelope: Envelope; readonly raw: Uint8Array },
): SessionState {
  const { envelope, raw } = event;
  const head = { next: Number(envelope.position) + 1, hash: leafHash(raw) };
  const { facts } = envelope;
  switch (facts.case) {
    case 'sessionOpened':
      return {
        ...state,
        head,
        phase: 'open',
        identity: envelope.identity,
        target: envelope.target,
      };
    case 'commandSubmitted':
      return {
        ...state,
        head,
        commands: state.commands + 1,
        pending: [...state.pending, Number(envelope.position)],
      };
    case 'responseCompleted': {
      const command = Number(facts.value.command);
      return {
        ...state,
        head,
        errors: state.errors + (facts.value.status === 'error' ? 1 : 0),
        rows: state.rows + Number(facts.value.rows),
        bytes: state.bytes + Number(facts.value.bytes),
        pending: state.pending.filter((position) => position !== command),
      };
    }
    case 'sessionClosed':
      return { ...state, head, phase: 'closed' };
    default:
      return { ...state, head };
  }
}

export interface Ending {
  readonly reason: string;
  readonly actor?: string;
  readonly detail?: string;
}

/**
 * What must still be said when a session ends: each command that got no answer, then the end
 * itself.
 */
export function decideClose(state: SessionState, ending: Ending): readonly Facts[] {
  if (state.phase !== 'open') return [];
  const cut = state.pending.map((command) => responseCompleted({ ...NOTHING_CAME, command }));
  return [...cut, sessionClosed(state, ending, state.head.next + cut.length)];
}

export interface SessionTotals {
  readonly commands: number;
  readonly errors: number;
  readonly rows: number;
  readonly bytes: number;
}

export function sessionClosed(totals: SessionTotals, ending: Ending, position: number): Facts {
  return generatedFacts(
    'sessionClosed',
    SessionClosedSchema,
    create(SessionClosedSchema, {
      reason: ending.reason,
      actor: ending.actor ?? '',
      detail: ending.detail ?? '',
      commands: BigInt(totals.commands),
      errors: BigInt(totals.errors),
      rows: BigInt(totals.rows),
      bytes: BigInt(totals.bytes),
      finalPosition: BigInt(position),
    }),
  );
}

/** The response of a command that the end of its session cut off. */
export const NOTHING_CAME = {
  status: 'cut',
  errorCode: '',
  errorSeverity: '',
  rows: 0,
  rowsAffected: 0,
  bytes: 0,
  durationNs: 0,
  columns: new Uint8Array(),
  columnsLeftOut: 0,
  sha256: '',
  hmac: '',
  tags: [],
  outputKept: 0,
  inputBytes: 0,
  inputSha256: '',
  inputHmac: '',
  notices: 0,
  masked: [],
  inputRedacted: [],
} as const;
