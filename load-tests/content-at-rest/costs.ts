import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import {
  BatchWriter,
  EventStream,
  SessionKey,
  commandSubmitted,
  systemClock,
} from '@steno/sessions';
import type { Piece } from './corpus.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const EVENTS_PER_BATCH = 32;
const ROUNDS = 5;

const KEY = randomFillSync(Buffer.alloc(32));

/** Nonce, ciphertext, tag. */
export function seal(plain: Uint8Array): Buffer {
  const nonce = randomFillSync(Buffer.allocUnsafe(NONCE_BYTES));
  const cipher = createCipheriv(ALGORITHM, KEY, nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

export function open(sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv(ALGORITHM, KEY, sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** The content of this many events at a time, as one packed record. */
export function pack(pieces: readonly Piece[], events: number): readonly Buffer[] {
  const packed: Buffer[] = [];
  for (let at = 0; at < pieces.length; at += events) {
    packed.push(Buffer.concat(pieces.slice(at, at + events).map(({ bytes }) => bytes)));
  }
  return packed;
}

/** Microseconds of processor time for each of `count` things: a busy machine only adds to it. */
function microsecondsEach(count: number, work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  });
  return Math.min(...times);
}

/** What an event costs that is recorded as it is: commitment, envelope, chain, batch. */
export function recordingCost(pieces: readonly Piece[]): number {
  const origin = {
    installation: 'load-test',
    tenant: 'default',
    instance: 'capture',
    boot: 'content-at-rest',
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: () => new Uint8Array(),
    sign: undefined,
  };
  const facts = commandSubmitted({
    kind: 'query',
    effect: 'allow',
    rule: 'no-policy',
    policyVersion: '',
    approval: '',
    statementName: '',
    parameters: 0,
    traceparent: '',
    cause: '',
    redacted: [],
  });
  const of = { identity: 'load-test', target: 'orders' };
  return microsecondsEach(pieces.length, () => {
    const stream = new EventStream(origin, 'session/load-test', of);
    const key = SessionKey.generate();
    const batch = new BatchWriter();
    pieces.forEach(({ kind, bytes }, index) => {
      const commitment = key.commit(kind, bytes);
      stream.append(batch, facts, [{ kind, length: bytes.length, commitment, bytes }]);
      if (index % EVENTS_PER_BATCH === 0) batch.take();
    });
  });
}

export interface SealingCost {
  readonly seal: number;
  readonly open: number;
}

/** Of one event, when this many are packed together. */
export function sealingCost(pieces: readonly Piece[], events: number): SealingCost {
  const packed = pack(pieces, events);
  const sealed = packed.map(seal);
  return {
    seal: microsecondsEach(pieces.length, () => {
      for (const plain of packed) seal(plain);
    }),
    open: microsecondsEach(pieces.length, () => {
      for (const bytes of sealed) open(bytes);
    }),
  };
}
