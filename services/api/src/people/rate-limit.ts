import { LIMITS } from '../limits.js';

const WINDOW_MS = 60_000;

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Counts what each source does per minute. Bounded: the oldest count is forgotten first. */
export class RateLimit {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly perMinute: number,
    private readonly now: () => number,
  ) {}

  /** Counts one; false when it is too much. */
  allows(source: string): boolean {
    const now = this.now();
    let window = this.windows.get(source);
    if (window === undefined || window.endsAt <= now) {
      this.windows.delete(source);
      window = { endsAt: now + WINDOW_MS, count: 0 };
      this.windows.set(source, window);
      this.forgetOldest();
    }
    window.count += 1;
    return window.count <= this.perMinute;
  }

  private forgetOldest(): void {
    if (this.windows.size <= LIMITS.sources) return;
    const [oldest] = this.windows.keys();
    if (oldest !== undefined) this.windows.delete(oldest);
  }
}
