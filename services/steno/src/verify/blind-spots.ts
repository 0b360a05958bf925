import { LOSS_WINDOW_MS } from './boots.js';
import type { Boots } from './boots.js';

const NAMES = 3;

/** What verify cannot see, in words, for this log. */
export function blindSpots(
  boots: Boots,
  {
    nowMs,
    expired,
    unchecked,
  }: { readonly nowMs: number; readonly expired: number; readonly unchecked: number },
): readonly string[] {
  const all = [...boots.all()];
  const unended = all.filter((boot) => !boot.hasEnded(nowMs)).map(({ name }) => name);
  const lastMs = Math.max(0, ...all.map((boot) => boot.lastMs));
  const last = lastMs === 0 ? 'the beginning' : new Date(lastMs).toISOString();
  const spots = [
    'An operator who holds the keys of this installation and rewrites log and ClickHouse alike: ' +
      'nothing outside of them vouches for the record.',
    'A run of a process of which every event was taken out of both.',
    `What came after the last event, of ${last}: a tail that is cut off from all topics of the ` +
      'log and from ClickHouse alike.',
  ];
  if (unended.length > 0) {
    const names = unended.slice(-NAMES).join(', ');
    spots.push(
      `The last ${LOSS_WINDOW_MS / 1_000} s of runs that did not end in order or still go on ` +
        `(${unended.length}, the last of them ${names}): events lost with the process cannot be ` +
        'told from events that were taken out.',
    );
  }
  if (expired > 0)
    spots.push(`Rows that have expired in ClickHouse (${expired}): the log alone has them.`);
  if (unchecked > 0) spots.push(`Content without the key that would tell (${unchecked} pieces).`);
  return spots;
}
