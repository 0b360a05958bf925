import { ApiProblem } from './errors.js';
import { LIMITS } from './limits.js';
import type { AccessEvent, ApiOptions } from './options.js';

/** What is written where a console asks for the same thing again and again. */
interface Written {
  readonly until: number;
  readonly done: Promise<void>;
}

/**
 * Writes who looked at what into the activity stream. The same person doing the same thing from the
 * same place within a minute is written once: a console that refreshes itself must not flood the
 * record of what people did.
 */
export class AccessLog {
  private readonly written = new Map<string, Written>();

  constructor(private readonly options: Pick<ApiOptions, 'recordAccess' | 'now' | 'onError'>) {}

  /** Resolves when the event is in the log: nothing is shown unrecorded. Throws ApiProblem. */
  async record(event: AccessEvent): Promise<void> {
    const key = JSON.stringify(event);
    const now = this.options.now();
    const before = this.written.get(key);
    if (before !== undefined && before.until > now) return before.done;
    const done = this.write(event, key);
    this.written.delete(key);
    this.written.set(key, { until: now + LIMITS.accessRepeatMs, done });
    if (this.written.size > LIMITS.accessRepeats) {
      const [oldest] = this.written.keys();
      if (oldest !== undefined) this.written.delete(oldest);
    }
    return done;
  }

  /** For refusals: they are answered as such whether or not the log takes the event. */
  async tryToRecord(event: AccessEvent): Promise<void> {
    await this.record(event).catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error;
    });
  }

  private async write(event: AccessEvent, key: string): Promise<void> {
    try {
      await this.options.recordAccess(event);
    } catch (error) {
      this.written.delete(key);
      this.options.onError(error, `recording ${event.type}`);
      throw new ApiProblem('logUnavailable');
    }
  }
}
