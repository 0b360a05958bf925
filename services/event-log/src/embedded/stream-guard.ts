import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { emptyHead, leafHash, readBatch } from '@steno/sessions';
import type { StreamHead } from '@steno/sessions';
import { LogConflict } from '../port.js';

/** Streams whose heads are remembered; a boot has three, so these are some thousand restarts. */
const STREAMS_MAX = 10_000;

/**
 * Checks what other processes append: each event must follow the head of its stream. A batch that
 * repeats what is there already is no news (its sender did not get the answer); one that
 * contradicts it is refused. It guards against mistakes of our own, not against whoever can write
 * the owner's files.
 */
export class StreamGuard {
  private readonly heads = new Map<string, StreamHead>();

  /** `appended`: false when the batch is there already. Throws LogConflict. */
  check(bytes: Buffer): { readonly appended: boolean; accept(): void } {
    const records = readBatch(bytes);
    if ('malformed' in records) throw new LogConflict(`not a batch: ${records.malformed}`);
    const heads = new Map<string, StreamHead>();
    let repeated = 0;
    for (const { raw } of records) {
      const envelope = fromBinary(EnvelopeSchema, raw);
      const { stream } = envelope;
      if (stream.startsWith('session/'))
        throw new LogConflict('sessions are their capture’s alone');
      const head = heads.get(stream) ?? this.heads.get(stream) ?? emptyHead(stream);
      const hash = leafHash(raw);
      const position = Number(envelope.position);
      if (position === head.next - 1 && hash === head.hash) {
        repeated += 1;
        continue;
      }
      const previous = Buffer.from(envelope.previous).toString('hex');
      if (position !== head.next || previous !== head.hash) {
        throw new LogConflict(`${stream} is at ${head.next}, not at ${position}`);
      }
      heads.set(stream, { next: position + 1, hash });
    }
    const appended = records.length === 0 || repeated < records.length;
    return {
      appended,
      accept: () => {
        for (const [stream, head] of heads) this.remember(stream, head);
      },
    };
  }

  private remember(stream: string, head: StreamHead): void {
    this.heads.delete(stream);
    this.heads.set(stream, head);
    if (this.heads.size <= STREAMS_MAX) return;
    for (const oldest of this.heads.keys()) {
      this.heads.delete(oldest);
      return;
    }
  }
}
