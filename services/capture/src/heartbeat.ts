import { create } from '@bufbuild/protobuf';
import { InstanceReportedSchema } from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { EventStream, Facts } from '@steno/sessions';

/** Streams listed in one heartbeat; an envelope has room for about 400. */
const STREAMS_MAX = 300;

/**
 * What an instance says of itself: how many events it has emitted, and where its open streams end.
 */
export function heartbeatFacts(emitted: number, open: Iterable<EventStream>): Facts {
  const listed = [];
  let leftOut = 0;
  for (const { stream, head } of open) {
    if (head.next === 0) continue;
    if (listed.length === STREAMS_MAX) {
      leftOut += 1;
      continue;
    }
    const position = BigInt(head.next - 1);
    listed.push({ stream, position, hash: Buffer.from(head.hash, 'hex') });
  }
  const message = create(InstanceReportedSchema, {
    emitted: BigInt(emitted),
    openStreams: listed,
    openStreamsLeftOut: BigInt(leftOut),
  });
  return generatedFacts('instanceReported', InstanceReportedSchema, message);
}
