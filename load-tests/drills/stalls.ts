const SAMPLE_MS = 10;
const KEPT_MS = 2_000;

/** How long this process was not let run lately: others on the machine fare alike. */
class Stalls {
  private readonly late: { readonly at: number; readonly ms: number }[] = [];
  private last = performance.now();

  constructor() {
    setInterval(() => {
      const now = performance.now();
      this.late.push({ at: now, ms: Math.max(0, now - this.last - SAMPLE_MS) });
      this.last = now;
      while ((this.late[0]?.at ?? now) < now - KEPT_MS) this.late.shift();
    }, SAMPLE_MS).unref();
  }

  /** Of the last two seconds, in milliseconds. */
  get recentMs(): number {
    return Math.round(this.late.reduce((sum, { ms }) => sum + ms, 0));
  }
}

export const stalls = new Stalls();
