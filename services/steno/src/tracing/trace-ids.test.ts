import { describe, expect, it } from 'vitest';
import { Sampler, spanIdOf, traceIdOf } from './trace-ids.js';

const stream = (number: number): string =>
  `session/0192f0c4-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** The commands that are sampled of as many sessions with as many commands. */
function sampledOf(sampler: Sampler, sessions: number, commands: number): ReadonlySet<string> {
  const found = new Set<string>();
  for (let session = 0; session < sessions; session += 1) {
    const isSampled = sampler.of(stream(session));
    for (let position = 1; position <= commands; position += 1) {
      if (isSampled(position)) found.add(`${session}:${position}`);
    }
  }
  return found;
}

describe('ids of traces', () => {
  it('are those that docs/tracing.md says', () => {
    // printf session/1:7 | sha256sum
    expect(traceIdOf('session/1', 7)).toBe('e2afa56feeb28eb0c5d689ee09b8fd7c');
    expect(spanIdOf('e2afa56feeb28eb0c5d689ee09b8fd7c', 'command')).toBe('3e0744e9d493ab45');
  });

  it('differ by stream, position and name', () => {
    const one = traceIdOf('session/1', 7);
    expect(traceIdOf('session/2', 7)).not.toBe(one);
    expect(traceIdOf('session/1', 8)).not.toBe(one);
    expect(spanIdOf(one, 'command')).not.toBe(spanIdOf(one, 'target'));
  });
});

describe('the sample', () => {
  it.each([
    [100, 100],
    [10_000, 1],
    [1, 10_000],
  ])('is about as large as the ratio says, of %i sessions with %i commands', (sessions, each) => {
    for (const ratio of [0.01, 0.1, 0.5]) {
      const { size } = sampledOf(new Sampler(ratio), sessions, each);
      const expected = ratio * 10_000;
      expect(Math.abs(size - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  it('is none or all at the ends', () => {
    expect(sampledOf(new Sampler(0), 100, 100).size).toBe(0);
    expect(sampledOf(new Sampler(1), 100, 100).size).toBe(10_000);
  });

  it('of a smaller ratio is a part of that of a larger one', () => {
    const larger = sampledOf(new Sampler(0.2), 100, 100);
    for (const command of sampledOf(new Sampler(0.05), 100, 100)) {
      expect(larger).toContain(command);
    }
  });

  it('is the same where it is asked for one command', () => {
    const sampler = new Sampler(0.3);
    const found = sampledOf(sampler, 20, 50);
    for (let session = 0; session < 20; session += 1) {
      for (let position = 1; position <= 50; position += 1) {
        const isSampled = found.has(`${session}:${position}`);
        expect(sampler.isSampled(stream(session), position)).toBe(isSampled);
      }
    }
  });
});
