import { idleAt, type Idle } from './idle.js';

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32] as const;
export type Speed = (typeof SPEEDS)[number];

/** Idle stretches begin to be skipped this long after the last event, to let the eye rest on it. */
const restNs = 0.6e9;
/** A frame that came later than this (a hidden tab, a long task) counts as this long. */
const longestFrameMs = 250;

/**
 * The playhead: nanoseconds from the session's start. It knows neither timers nor the wall clock;
 * whoever draws frames tells it the time.
 */
export class ReplayClock {
  #t = 0;
  #playing = false;
  #lastFrame: number | undefined;
  speed: Speed = 1;
  skipIdle = true;
  idle: Idle = [];
  /** Without bound until it is known. */
  duration = Number.MAX_SAFE_INTEGER;

  get t(): number {
    return this.#t;
  }

  get playing(): boolean {
    return this.#playing;
  }

  play(): void {
    this.#playing = true;
    this.#lastFrame = undefined;
  }

  pause(): void {
    this.#playing = false;
  }

  /** Sets the playhead; it stays within the session. */
  moveTo(t: number): void {
    this.#t = Math.min(Math.max(0, t), Math.max(this.duration, 0));
  }

  faster(): void {
    this.speed = SPEEDS[Math.min(SPEEDS.indexOf(this.speed) + 1, SPEEDS.length - 1)] ?? 1;
  }

  slower(): void {
    this.speed = SPEEDS[Math.max(SPEEDS.indexOf(this.speed) - 1, 0)] ?? 1;
  }

  /**
   * Moves the playhead by the time since the frame before.
   *
   * @param nowMs a monotonic clock
   * @param loadedTo the playhead waits here for what has not arrived yet
   * @returns whether it is waiting
   */
  advance(nowMs: number, loadedTo: number): boolean {
    const last = this.#lastFrame ?? nowMs;
    this.#lastFrame = nowMs;
    if (!this.#playing) return false;
    const elapsed = Math.min(Math.max(0, nowMs - last), longestFrameMs) * 1e6 * this.speed;
    const end = Math.min(loadedTo, this.duration);
    const next = this.#pastIdle(this.#t + elapsed);
    this.#t = Math.max(this.#t, Math.min(next, end));
    return next > end && end < this.duration;
  }

  #pastIdle(t: number): number {
    if (!this.skipIdle) return t;
    const stretch = idleAt(this.idle, t);
    // A rest of the same length at every speed.
    if (stretch === undefined || t < stretch[0] + restNs * this.speed) return t;
    return stretch[1];
  }
}
