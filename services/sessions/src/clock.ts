/**
 * Nanoseconds since the epoch, UTC; never goes back within a process, whatever happens to the wall
 * clock.
 */
export type Clock = () => bigint;

/** A clock that reads the wall once and then follows the monotonic counter of the machine. */
export function systemClock(): Clock {
  const base = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  let last = 0n;
  return () => {
    const now = base + process.hrtime.bigint();
    last = now > last ? now : last + 1n;
    return last;
  };
}
