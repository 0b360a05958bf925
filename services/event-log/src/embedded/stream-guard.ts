import { createHash } from 'node:crypto';
import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { emptyHead, leafHash, readBatch } from '@steno/sessions';
import type { StreamHead } from '@steno/sessions';
import { LogConflict } from '../port.js';

/** The head of a stream that another process writes, as the log keeps it. */
export interface SharedHead extends StreamHead {
  /** SHA-256 of the last batch with events of the stream, in lower-case hex. */
  readonly batch: string;
}

/** A batch that may be appended, and where its streams stand then. */
export interface CheckedBatch {
  /** There already: its sender did not get the answer. */
  readonly repeated: boolean;
  readonly heads: ReadonlyMap<string, SharedHead>;
}

const NOTHING_NEW: CheckedBatch = { repeated: true, heads: new Map() };

/**
 * Checks what another process appends: each event must follow the head of its stream, or the whole
 * batch be the last one of it again. It guards against mistakes of our own, not against whoever can
 * write the owner's files.
 *
 * @throws LogConflict
 */
export function checkShared(
  bytes: Buffer,
  headOf: (stream: string) => SharedHead | undefined,
): CheckedBatch {
  const records = readBatch(bytes);
  if ('malformed' in records) throw new LogConflict(`not a batch: ${records.malformed}`);
  const batch = createHash('sha256').update(bytes).digest('hex');
  const heads = new Map<string, SharedHead>();
  for (const { raw } of records) {
    const envelope = readEnvelope(raw);
    const { stream } = envelope;
    if (stream.startsWith('session/')) throw new LogConflict('sessions are their capture’s alone');
    const known = heads.get(stream) ?? headOf(stream);
    if (known?.batch === batch && !heads.has(stream)) return NOTHING_NEW;
    const head = known ?? emptyHead(stream);
    const position = Number(envelope.position);
    if (position !== head.next || Buffer.from(envelope.previous).toString('hex') !== head.hash) {
      throw new LogConflict(`${stream} is at ${head.next}, not at ${position}`);
    }
    heads.set(stream, { next: position + 1, hash: leafHash(raw), batch });
  }
  return { repeated: false, heads };
}

function readEnvelope(raw: Uint8Array): Envelope {
  if (raw.length === 0) throw new LogConflict('content in parts is of sessions alone');
  try {
    return fromBinary(EnvelopeSchema, raw);
  } catch (error) {
    throw new LogConflict('not an event', { cause: error });
  }
}
