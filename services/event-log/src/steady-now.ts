import { performance } from 'node:perf_hooks';

/**
 * Milliseconds since the epoch, by the clock as it was when the process started: ages that are
 * taken of it do not jump with the clock.
 */
export const steadyNow = (): number => performance.timeOrigin + performance.now();
