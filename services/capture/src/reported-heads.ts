import { fromBinary } from '@bufbuild/protobuf';
import type { EventLog } from '@steno/event-log';
import { EnvelopeSchema } from '@steno/proto';
import { readBatch } from '@steno/sessions';

const READ_BYTES = 4 * 1024 * 1024;
/** Heartbeats are looked for from the end on, so many at a time, up to so many. */
const STEP = 500;
const LOOK_BACK = 10_000;

/**
 * Where the last heartbeats of these boots said that their streams ended: the last position, by
 * stream. What they left out, and heartbeats too far back, are not found.
 */
export async function reportedHeads(
  log: EventLog,
  boots: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const heads = new Map<string, number>();
  const unheard = new Set(boots);
  for (const [partition, end] of await log.end('heartbeat')) {
    for (let until = end; until > Math.max(0, end - LOOK_BACK) && unheard.size > 0;) {
      const from = Math.max(0, until - STEP);
      for (let offset = from; offset < until;) {
        const entries = await log.read('heartbeat', { partition, offset }, READ_BYTES);
        const last = entries.at(-1);
        if (last === undefined) break;
        for (const { bytes } of entries) take(bytes, { boots, heads, unheard });
        offset = last.offset + 1;
      }
      until = from;
    }
  }
  return heads;
}

function take(
  bytes: Buffer,
  found: {
    readonly boots: ReadonlySet<string>;
    readonly heads: Map<string, number>;
    readonly unheard: Set<string>;
  },
): void {
  const records = readBatch(bytes);
  if ('malformed' in records) return; // for the verifier to tell
  for (const { raw } of records) {
    const { boot, facts } = fromBinary(EnvelopeSchema, raw);
    if (!found.boots.has(boot) || facts.case !== 'instanceReported') continue;
    found.unheard.delete(boot);
    for (const { stream, position } of facts.value.openStreams) {
      const known = found.heads.get(stream) ?? -1;
      found.heads.set(stream, Math.max(known, Number(position)));
    }
  }
}
