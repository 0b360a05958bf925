import type { Registry } from 'prom-client';
import type { Tracing } from '../tracing/tracing.js';
import { PulledMetrics } from './pulled-metrics.js';

/** Undefined where nothing is traced: then they stay zero. */
export function registerTracing(registry: Registry, tracing: Tracing | undefined): void {
  const pulled = new PulledMetrics(registry);
  pulled.counter(
    { name: 'steno_trace_spans_exported_total', help: 'Spans that the collector took.' },
    () => tracing?.figures.exported ?? 0,
  );
  pulled.counter(
    { name: 'steno_trace_spans_dropped_total', help: 'Spans that the collector did not take.' },
    () => tracing?.figures.dropped ?? 0,
  );
}
