import { fromBinary } from '@bufbuild/protobuf';
import { EVENT_TYPE, EnvelopeSchema } from '@steno/proto';
import { bootName } from './boots.js';
import type { LogEvent } from './log-events.js';

const NANOSECONDS = 1_000_000n;

/** What the heartbeats said of the end of a stream: the furthest, and when it was said first. */
export interface HeartbeatClaim {
  readonly stream: string;
  readonly position: number;
  /** Lower-case hex. */
  readonly hash: string;
  readonly boot: string;
  readonly atMs: number;
  /** What the log holds there. */
  found: { readonly hash: string; readonly boot: string } | undefined;
}

/** Where instances said that their open streams ended. Heartbeats are read before all the rest. */
export class HeartbeatClaims {
  private readonly claims = new Map<string, HeartbeatClaim>();

  /** @throws what the decoder throws on bytes that are no heartbeat */
  take(event: LogEvent): void {
    const { columns, hash } = event;
    if (columns.type === EVENT_TYPE.instanceReported) this.add(event);
    const claim = this.claims.get(columns.stream);
    if (claim?.position !== columns.position) return;
    claim.found ??= { hash, boot: bootName(columns) };
  }

  of(stream: string): HeartbeatClaim | undefined {
    return this.claims.get(stream);
  }

  /** Those that the log does not bear out. */
  broken(): HeartbeatClaim[] {
    return [...this.claims.values()].filter(({ hash, found }) => found?.hash !== hash);
  }

  private add({ raw, columns }: LogEvent): void {
    const { facts } = fromBinary(EnvelopeSchema, raw);
    if (facts.case !== 'instanceReported') return;
    for (const head of facts.value.openStreams) {
      const { stream } = head;
      const position = Number(head.position);
      const known = this.claims.get(stream);
      if (known !== undefined && known.position >= position) continue;
      this.claims.set(stream, {
        stream,
        position,
        hash: Buffer.from(head.hash).toString('hex'),
        boot: bootName(columns),
        atMs: Number(columns.recordedAt / NANOSECONDS),
        found: undefined,
      });
    }
  }
}
