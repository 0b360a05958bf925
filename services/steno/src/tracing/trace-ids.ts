import { createHash } from 'node:crypto';

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
const UINT32_RANGE = 2 ** 32;
// FNV-1a and the end of MurmurHash3, both public: they need to spread, not to resist anybody.
const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The trace of a command: whoever knows its place in the log knows the id, so that nothing needs to
 * be carried along with it.
 */
export function traceIdOf(stream: string, position: number): string {
  return sha256(`${stream}:${position}`).slice(0, TRACE_DIGITS);
}

/** A trace has one span of each name. */
export function spanIdOf(traceId: string, name: string): string {
  return sha256(`${traceId}:${name}`).slice(0, SPAN_DIGITS);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Which commands are traced. Each process comes to the same answer; of two ratios the smaller one
 * takes a part of what the other takes. It is asked for each command, so it takes no SHA-256.
 */
export class Sampler {
  private readonly below: number;

  /** @param ratio from 0 to 1 */
  constructor(ratio: number) {
    this.below = ratio * UINT32_RANGE;
  }

  /** For many commands of one stream. */
  of(stream: string): (position: number) => boolean {
    const seed = hashOf(stream);
    return (position) => spread(seed ^ position) < this.below;
  }

  isSampled(stream: string, position: number): boolean {
    return spread(hashOf(stream) ^ position) < this.below;
  }
}

function hashOf(text: string): number {
  let hash = FNV_BASIS;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return hash;
}

/** Of any 32 bits others, from 0, in which each bit of theirs counts. */
function spread(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
