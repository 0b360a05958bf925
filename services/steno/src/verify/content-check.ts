import { EVENT_TYPE } from '@steno/proto';
import { SessionKey } from '@steno/sessions';
import type { ContentKind, RunningCommitment, StoredPart } from '@steno/sessions';
import type { ContentClaim } from './envelope-parts.js';
import type { LogEvent } from './log-events.js';

/** Parts ahead of the event that brings the session's key; longer ones are not checked. */
const EARLY_BYTES_MAX = 1024 * 1024;

/** A piece of content whose bytes in the log are not what its event commits to. */
export interface ContentFault {
  readonly event: LogEvent;
  readonly index: number;
  readonly claim: ContentClaim;
  readonly fault: 'missing' | 'changed';
  /** To check another copy with; undefined where it is missing or does not open. */
  readonly key: SessionKey | undefined;
}

/** A piece that arrives in parts, ahead of its event. */
interface Piece {
  readonly kind: string;
  parts: number;
  length: number;
  running: RunningCommitment | undefined;
  /** While the key is not there yet. */
  early: Uint8Array[] | undefined;
}

interface Judged {
  readonly claim: ContentClaim;
  readonly piece: Piece | undefined;
  readonly key: SessionKey | undefined;
}

interface Session {
  key: SessionKey | undefined;
  /** By position and index. */
  readonly pieces: Map<string, Piece>;
}

/** Holds the content of the log against the commitments of its events. */
export class ContentCheck {
  pieces = 0;
  bytes = 0;
  /** Pieces that are there, without the key that would tell whether they are right. */
  unchecked = 0;
  private readonly sessions = new Map<string, Session>();

  /** @param contentKey wraps the keys of sessions */
  constructor(private readonly contentKey: Buffer) {}

  /** A part ahead of its event; false where it was there already. */
  part(part: StoredPart): boolean {
    const session = this.of(part.stream);
    const name = `${part.position}/${part.index}`;
    let piece = session.pieces.get(name);
    if (piece === undefined) {
      const { key } = session;
      piece = {
        kind: part.kind,
        parts: 0,
        length: 0,
        running: key?.beginCommitment(part.kind as ContentKind), // any kind makes a prefix
        early: key === undefined ? [] : undefined,
      };
      session.pieces.set(name, piece);
    }
    if (part.part < piece.parts) return false;
    piece.parts = part.part + 1;
    piece.length += part.bytes.length;
    piece.running?.update(part.bytes);
    if (piece.early !== undefined && piece.length <= EARLY_BYTES_MAX) {
      // The page that it is a view of should not be kept for it.
      piece.early.push(Buffer.from(part.bytes));
    }
    return true;
  }

  /** An event with what stands beside it; gives the pieces that are not as they should be. */
  event(event: LogEvent, claims: readonly ContentClaim[]): ContentFault[] {
    const { stream, position, type } = event.columns;
    const isOpening = type === EVENT_TYPE.sessionOpened;
    if (claims.length === 0 && type !== EVENT_TYPE.sessionClosed) return [];
    const session = this.of(stream);
    if (isOpening) session.key = this.openKey(event);
    const faults: ContentFault[] = [];
    for (const [index, claim] of claims.entries()) {
      const piece = session.pieces.get(`${position}/${index}`);
      session.pieces.delete(`${position}/${index}`);
      if (claim.isHeldElsewhere || claim.length === 0) continue;
      const fault = this.judge(event, index, { claim, piece, key: session.key });
      if (fault !== undefined) faults.push({ event, index, claim, fault, key: session.key });
    }
    if (type === EVENT_TYPE.sessionClosed) this.sessions.delete(stream);
    return faults;
  }

  private judge(
    { contents }: LogEvent,
    index: number,
    { claim, piece, key }: Judged,
  ): ContentFault['fault'] | undefined {
    const beside = contents.find((part) => part.index === index);
    if (beside === undefined && piece === undefined) return 'missing';
    this.pieces += 1;
    const length = beside?.bytes.length ?? piece?.length ?? 0;
    this.bytes += length;
    if (length < claim.length) return 'missing';
    if ((beside?.kind ?? piece?.kind) !== claim.kind) return 'changed';
    // A key that is there and does not open is not the one that was written.
    if (key === undefined && claim.kind === 'key') return 'changed';
    const commitment =
      beside === undefined ? commitmentOf(piece, key) : key?.commit(claim.kind, beside.bytes);
    if (commitment === undefined) this.unchecked += 1;
    return commitment === undefined || commitment === claim.commitment ? undefined : 'changed';
  }

  private openKey({ contents }: LogEvent): SessionKey | undefined {
    const wrapped = contents.find(({ kind }) => kind === 'key');
    return wrapped === undefined ? undefined : SessionKey.unwrap(wrapped.bytes, this.contentKey);
  }

  private of(stream: string): Session {
    let session = this.sessions.get(stream);
    if (session === undefined) {
      session = { key: undefined, pieces: new Map() };
      this.sessions.set(stream, session);
    }
    return session;
  }
}

/** Undefined where nothing can be said. */
function commitmentOf(piece: Piece | undefined, key: SessionKey | undefined): string | undefined {
  if (piece === undefined || key === undefined) return undefined;
  if (piece.early === undefined) return piece.running?.finish();
  if (piece.length > EARLY_BYTES_MAX) return undefined;
  return key.commit(piece.kind, Buffer.concat(piece.early));
}
