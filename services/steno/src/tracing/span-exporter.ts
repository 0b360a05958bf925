import { otlpBody } from './otlp.js';
import type { Attributes, Span } from './otlp.js';

const QUEUE_SPANS_MAX = 4_096;
const BATCH_SPANS_MAX = 512;
const PAUSE_MS = 1_000;
const REQUEST_MS = 10_000;
/** How long an orderly end waits for a collector. */
const END_MS = 3_000;
const WARN_PAUSE_MS = 60_000;

export interface SpanExporterOptions {
  /** Whole, with `/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The process that the spans come from. */
  readonly resource: Attributes;
  /** At most once a minute. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * Sends spans to an OTLP collector, in the background. What it does not take is dropped and
 * counted: traces are an aid, and nothing waits for them.
 */
export class SpanExporter {
  exported = 0;
  dropped = 0;
  private queue: Span[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private warnedAt = -Infinity;
  private readonly ending = new AbortController();

  constructor(private readonly options: SpanExporterOptions) {}

  add(spans: readonly Span[]): void {
    if (this.queue.length + spans.length > QUEUE_SPANS_MAX) {
      this.drop(spans.length, 'the collector is slower than what is traced');
      return;
    }
    this.queue.push(...spans);
    this.timer ??= setTimeout(() => {
      this.send();
    }, PAUSE_MS);
  }

  /** Sends what is there, as far as the collector takes it in time. */
  async close(): Promise<void> {
    const late = setTimeout(() => {
      this.ending.abort(new Error('the process ends'));
    }, END_MS);
    this.send();
    await this.sending;
    clearTimeout(late);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
  }

  private async sendAll(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, BATCH_SPANS_MAX);
      try {
        await this.post(batch);
        this.exported += batch.length;
      } catch (error) {
        this.drop(batch.length, reasonOf(error));
      }
    }
  }

  private async post(batch: readonly Span[]): Promise<void> {
    const { url, headers, resource } = this.options;
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: otlpBody(resource, batch),
      // Its headers are for this collector alone.
      redirect: 'error',
      signal: AbortSignal.any([this.ending.signal, AbortSignal.timeout(REQUEST_MS)]),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answers ${response.status}`);
  }

  private drop(spans: number, reason: string): void {
    this.dropped += spans;
    const now = performance.now();
    if (now - this.warnedAt < WARN_PAUSE_MS) return;
    this.warnedAt = now;
    this.options.warn('traces are dropped', { reason, dropped: this.dropped });
  }
}

/** `fetch` says why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
