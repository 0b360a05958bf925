import { hash } from 'node:crypto';

const LEAF_PREFIX = Buffer.of(0);

/** Hash of an event in lower-case hex: SHA-256(0x00 || raw), the leaf hash of RFC 6962 §2.1. */
export function leafHash(raw: Uint8Array): string {
  return hash('sha256', Buffer.concat([LEAF_PREFIX, raw]), 'hex');
}

/** What stands as the previous hash at position 0. */
export function genesisHash(stream: string): string {
  return hash('sha256', `steno/v1/${stream}`, 'hex');
}

/** The end of a stream: the next position, and the hash that the event there must name. */
export interface StreamHead {
  readonly next: number;
  readonly hash: string;
}

export function emptyHead(stream: string): StreamHead {
  return { next: 0, hash: genesisHash(stream) };
}

export type ChainBreak = 'hole' | 'repeated' | 'wrong-previous';

/** What is wrong with an event that claims to follow `head`; undefined when nothing is. */
export function chainBreak(
  head: StreamHead,
  position: number,
  previous: string,
): ChainBreak | undefined {
  if (position > head.next) return 'hole';
  if (position < head.next) return 'repeated';
  return previous === head.hash ? undefined : 'wrong-previous';
}
