import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, LogCheckpoint } from '@steno/event-log';
import type { LogRange } from '@steno/event-store';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { ProjectionLag } from '../up/parts/projection-lag.js';
import type { Tracing } from '../tracing/tracing.js';
import { PulledMetrics } from './pulled-metrics.js';
import { registerTracing } from './tracing-metrics.js';

const RANGE_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
/** A scrape does not wait longer for a log that is away. */
const LOOK_MS = 2_000;

/** What came of a range of the log. */
export interface Projected {
  readonly events: number;
  readonly duplicates: number;
  readonly forks: number;
  readonly deadLetters: number;
}

/** What a projector tells Prometheus. */
export class ProjectorMetrics {
  private readonly done = new Map<Topic, Map<number, number>>();
  private readonly totals = { events: 0, duplicates: 0, forks: 0, deadLetters: 0, retries: 0 };
  private readonly seconds: Histogram;
  private readonly lag: ProjectionLag;

  constructor(
    registry: Registry,
    private readonly log: EventLog,
    tracing: Tracing | undefined,
  ) {
    this.lag = new ProjectionLag(log, undefined);
    this.seconds = new Histogram({
      name: 'steno_projector_range_seconds',
      help: 'From reading a range of the log to its rows being in ClickHouse.',
      buckets: RANGE_SECONDS,
      registers: [registry],
    });
    this.registerTotals(new PulledMetrics(registry));
    this.registerLag(registry);
    registerTracing(registry, tracing);
  }

  /** Where work begins. */
  resumed(topic: Topic, checkpoint: LogCheckpoint): void {
    this.done.set(topic, new Map(checkpoint));
    this.tellLag(topic);
  }

  ranged({ topic, partition, until }: LogRange, counts: Projected, tookMs: number): void {
    for (const what of ['events', 'duplicates', 'forks', 'deadLetters'] as const) {
      this.totals[what] += counts[what];
    }
    this.seconds.observe(tookMs / 1000);
    this.done.get(topic)?.set(partition, until);
    this.tellLag(topic);
  }

  retried(): void {
    this.totals.retries += 1;
  }

  stop(): void {
    this.lag.stop();
  }

  private tellLag(topic: Topic): void {
    if (topic === 'data') this.lag.projected(this.done.get(topic) ?? new Map<number, number>());
  }

  private registerTotals(pulled: PulledMetrics): void {
    const { totals } = this;
    pulled.counter(
      { name: 'steno_projector_events_total', help: 'Events that were put into ClickHouse.' },
      () => totals.events,
    );
    pulled.counter(
      {
        name: 'steno_projector_duplicates_total',
        help: 'Events that the log holds again, which were left out.',
      },
      () => totals.duplicates,
    );
    pulled.counter(
      {
        name: 'steno_projector_forks_total',
        help: 'Events at whose position of their stream another one stands.',
      },
      () => totals.forks,
    );
    pulled.counter(
      {
        name: 'steno_projector_dead_letters_total',
        help: 'Records of the log that could not be read.',
      },
      () => totals.deadLetters,
    );
    pulled.counter(
      {
        name: 'steno_projector_retries_total',
        help: 'Requests to ClickHouse that failed and were tried again.',
      },
      () => totals.retries,
    );
    pulled.gauge(
      {
        name: 'steno_projector_lag_seconds',
        help: 'Since the oldest record of data that is not in ClickHouse was seen in the log.',
      },
      () => this.lag.milliseconds() / 1000,
    );
  }

  private registerLag(registry: Registry): void {
    const look = (topic: Topic): Promise<LogCheckpoint> => this.endOf(topic);
    const { done } = this;
    new Gauge({
      name: 'steno_projector_lag_records',
      help: 'Records of the log that are not in ClickHouse yet.',
      labelNames: ['topic', 'partition'],
      registers: [registry],
      async collect() {
        const looks = TOPICS.map(async (topic) => {
          for (const [partition, end] of await look(topic)) {
            const records = Math.max(0, end - (done.get(topic)?.get(partition) ?? 0));
            this.set({ topic, partition }, records);
          }
        });
        await Promise.all(looks);
      },
    });
  }

  /** Nothing where the log does not say: what was known then stands. */
  private async endOf(topic: Topic): Promise<LogCheckpoint> {
    const nothing: LogCheckpoint = new Map();
    const end = this.log.end(topic).catch(() => nothing);
    return Promise.race([end, delay(LOOK_MS, nothing, { ref: false })]);
  }
}
