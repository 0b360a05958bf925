import type { CaptureFigures } from '@steno/capture';
import type { SpooledLog } from '@steno/event-log/spool';
import { Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Tracing } from '../tracing/tracing.js';
import { PulledMetrics } from './pulled-metrics.js';
import { registerTracing } from './tracing-metrics.js';

const APPEND_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const SPOOL_STATES = ['ok', 'low', 'critical'] as const;

/** Measures commits, which are made before there is anything else to tell of. */
export function appendHistogram(registry: Registry): Histogram {
  return new Histogram({
    name: 'steno_log_append_seconds',
    help: 'How long commits took until the events of sessions were durable.',
    buckets: APPEND_SECONDS,
    registers: [registry],
  });
}

export interface CaptureSources {
  readonly figures: () => CaptureFigures;
  /** Undefined where the log is on this machine. */
  readonly spool: SpooledLog | undefined;
  readonly bounds: CaptureBounds;
  readonly tracing: Tracing | undefined;
}

/** What figures may come to, so that an alert can go by how much of it is left. */
export interface CaptureBounds {
  readonly sessions: number;
  readonly spoolBytes: number;
  readonly spoolAgeMs: number;
  readonly pendingBytes: number;
  readonly controlStalenessMs: number;
}

/** What a capture is asked by Prometheus. No label holds what people or targets choose. */
export function registerCapture(registry: Registry, sources: CaptureSources): void {
  const { figures, spool, bounds } = sources;
  const pulled = new PulledMetrics(registry);
  registerFigures(pulled, figures);
  pulled.gauge(
    { name: 'steno_capture_sessions_limit', help: 'How many may run: limits.sessions.' },
    () => bounds.sessions,
  );
  pulled.gauge(
    { name: 'steno_capture_pending_limit_bytes', help: 'How many may wait: limits.fastPending.' },
    () => bounds.pendingBytes,
  );
  registerTracing(registry, sources.tracing);
  if (spool !== undefined) registerSpool(registry, spool, bounds);
}

function registerFigures(pulled: PulledMetrics, figures: () => CaptureFigures): void {
  pulled.gauge(
    { name: 'steno_capture_sessions', help: 'Sessions that run.' },
    () => figures().sessions,
  );
  pulled.counter(
    { name: 'steno_capture_sessions_total', help: 'Sessions that were let in.' },
    () => figures().sessionsTotal,
  );
  pulled.counters(
    {
      name: 'steno_capture_refused_sessions_total',
      help: 'Connections that got no session, by the name of the error they were told.',
      label: 'reason',
    },
    () => figures().refusals,
  );
  pulled.counters(
    {
      name: 'steno_capture_commands_total',
      help: 'Commands that were recorded, by what was decided on them.',
      label: 'decision',
    },
    () => figures().commands,
  );
  pulled.gauge(
    { name: 'steno_capture_pending_bytes', help: 'Bytes of events that wait for their commit.' },
    () => figures().pendingBytes,
  );
  pulled.counters(
    {
      name: 'steno_limits_reached_total',
      help: 'Limits that sessions reached, by the name of the limit.',
      label: 'limit',
    },
    () => figures().limits,
  );
  pulled.counter(
    {
      name: 'steno_control_refused_events_total',
      help: 'Events of control that were not believed.',
    },
    () => figures().controlRefused,
  );
}

/** What waits to be shipped, and how old control is. */
function registerSpool(registry: Registry, spool: SpooledLog, bounds: CaptureBounds): void {
  const pulled = new PulledMetrics(registry);
  pulled.gauge(
    { name: 'steno_spool_bytes', help: 'Bytes that wait to be shipped.' },
    () => spool.backlog.bytes,
  );
  pulled.gauge(
    { name: 'steno_spool_limit_bytes', help: 'How many bytes may wait: limits.spool.' },
    () => bounds.spoolBytes,
  );
  pulled.gauge(
    { name: 'steno_spool_oldest_seconds', help: 'Age of the oldest that waits to be shipped.' },
    () => spool.backlog.ageMs / 1000,
  );
  pulled.gauge(
    { name: 'steno_spool_age_limit_seconds', help: 'How old it may get: limits.spoolAge.' },
    () => bounds.spoolAgeMs / 1000,
  );
  pulled.counter(
    { name: 'steno_spool_shipped_records_total', help: 'Records that were shipped to Kafka.' },
    () => spool.shippedRecords,
  );
  pulled.gauge(
    { name: 'steno_control_age_seconds', help: 'Since control was last known to be up to date.' },
    () => spool.controlAgeMs / 1000,
  );
  pulled.gauge(
    { name: 'steno_control_age_limit_seconds', help: 'How old it may be: control.maxStaleness.' },
    () => bounds.controlStalenessMs / 1000,
  );
  new Gauge({
    name: 'steno_spool_state',
    help: '1 for the state that the spool is in, 0 for the others.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { state: current } = spool.backlog;
      for (const state of SPOOL_STATES) this.set({ state }, state === current ? 1 : 0);
    },
  });
}
