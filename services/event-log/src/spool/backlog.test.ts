import { describe, expect, it } from 'vitest';
import { nextBacklogState } from './backlog.js';
import type { BacklogState } from './backlog.js';

const limits = { bytesMax: 1_000, ageMsMax: 1_000 };

/** The states that a backlog goes through, by how much of it there is. */
function states(of: 'bytes' | 'ageMs', amounts: readonly number[]): BacklogState[] {
  let state: BacklogState = 'ok';
  return amounts.map((amount) => {
    state = nextBacklogState(state, { bytes: 0, ageMs: 0, [of]: amount }, limits);
    return state;
  });
}

describe.each(['bytes', 'ageMs'] as const)('a backlog by %s', (of) => {
  it('gets low, then critical', () => {
    expect(states(of, [0, 799, 800, 949, 950, 2_000])).toEqual([
      ...['ok', 'ok', 'low', 'low', 'critical', 'critical'],
    ]);
  });

  it('does not flap where it got to', () => {
    expect(states(of, [800, 799, 700, 800, 600, 599])).toEqual([
      ...['low', 'low', 'low', 'low', 'low', 'ok'],
    ]);
    expect(states(of, [950, 949, 900, 899, 949, 950])).toEqual([
      ...['critical', 'critical', 'critical', 'low', 'low', 'critical'],
    ]);
    expect(states(of, [2_000, 0])).toEqual(['critical', 'ok']);
  });
});
