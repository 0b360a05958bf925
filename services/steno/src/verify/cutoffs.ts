const NANOSECONDS = 1_000_000n;
const DAY_MS = 86_400_000;
/** How long an event may take to be in ClickHouse. */
const DELAY_MS = 60_000;

/** What may be absent from ClickHouse, by when it was recorded; nanoseconds since the epoch. */
export interface Cutoffs {
  /** Recorded after this: it may still be on its way. */
  readonly onItsWay: bigint;
  /** Recorded before these: it may have expired. */
  readonly eventsExpired: bigint;
  readonly contentExpired: bigint;
}

/** @param lagMs what the running projector says that it is behind by */
export function cutoffsAt(
  nowMs: number,
  retention: { readonly eventsDays: number; readonly contentDays: number },
  lagMs: number,
): Cutoffs {
  const expired = (days: number): bigint =>
    days === 0 ? 0n : BigInt(nowMs - days * DAY_MS) * NANOSECONDS;
  return {
    onItsWay: BigInt(Math.floor(nowMs - DELAY_MS - (lagMs > DELAY_MS ? lagMs : 0))) * NANOSECONDS,
    eventsExpired: expired(retention.eventsDays),
    contentExpired: expired(retention.contentDays),
  };
}
