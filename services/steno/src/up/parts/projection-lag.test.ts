import { MemoryLog } from '@steno/event-log/memory';
import { BatchWriter } from '@steno/sessions';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProjectionLag } from './projection-lag.js';

const SECOND_MS = 1_000;
/** It looks at the log now and then. */
const LOOKED_MS = 250;

let log: MemoryLog;
let lag: ProjectionLag;
beforeEach(() => {
  vi.useFakeTimers();
  log = new MemoryLog();
  lag = new ProjectionLag(log, undefined);
});
afterEach(() => {
  lag.stop();
  vi.useRealTimers();
});

/** Appends something, and lets time pass until it was seen. */
async function append(): Promise<void> {
  const writer = new BatchWriter();
  writer.part({
    stream: 'session/1',
    position: 0,
    index: 0,
    part: 0,
    kind: 'text',
    bytes: Buffer.from('x'),
  });
  await log.append('data', writer.take());
  await vi.advanceTimersByTimeAsync(LOOKED_MS);
}

const projected = (until: number): void => {
  lag.projected(new Map([[0, until]]));
};

describe('the lag of projection', () => {
  it('is that of the oldest commit that is not projected', async () => {
    expect(lag.milliseconds()).toBe(0);
    await append();
    await vi.advanceTimersByTimeAsync(10 * SECOND_MS);
    expect(lag.milliseconds()).toBe(10 * SECOND_MS);
    await append();
    await vi.advanceTimersByTimeAsync(5 * SECOND_MS);
    projected(1);
    expect(lag.milliseconds()).toBe(5 * SECOND_MS);
    projected(2);
    expect(lag.milliseconds()).toBe(0);
  });

  it('does not shrink where the projector only works off what is old', async () => {
    await append();
    await append();
    await vi.advanceTimersByTimeAsync(60 * SECOND_MS);
    projected(1);
    expect(lag.milliseconds()).toBe(60 * SECOND_MS);
  });

  it('is right within reason when it was seen in very many steps', async () => {
    for (let number = 0; number < 1_500; number += 1) await append();
    expect(lag.milliseconds()).toBe(1_499 * LOOKED_MS);
    projected(1_000);
    expect(Math.abs(lag.milliseconds() - 499 * LOOKED_MS)).toBeLessThanOrEqual(2 * LOOKED_MS);
  });
});
