import { setTimeout as delay } from 'node:timers/promises';
import type { NextFunction, Request, Response } from 'express';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { ApiOptions } from '../options.js';
import { DELIVERY_RESULTS } from '../announcing/deliveries.js';

/** Counting goes through all sessions: it is not done at each scrape, nor waited for long. */
const GAPPED = { everyMs: 60_000, waitMs: 2_000 };

type MetricSources = Pick<ApiOptions, 'projectorLag' | 'instanceStates'>;

/** What Prometheus is told. No label holds anything that people or targets choose. */
export class Metrics {
  readonly registry = new Registry();
  readonly openReplays: Gauge;
  /** What became of what was to be told outside. */
  readonly announcements: Counter<'result'>;
  private readonly requests: Counter<'method' | 'route' | 'status'>;
  private readonly seconds: Histogram<'route'>;

  constructor(sources: MetricSources, gappedSessions: () => Promise<number>) {
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    this.requests = new Counter({
      name: 'steno_api_requests_total',
      help: 'HTTP requests by route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'steno_api_request_seconds',
      help: 'How long HTTP requests took.',
      labelNames: ['route'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    });
    this.announcements = new Counter({
      name: 'steno_api_webhook_deliveries_total',
      help: 'Announcements of approvals, by what became of them.',
      labelNames: ['result'],
      registers,
    });
    // There from the start, so that the first one that fails is an increase.
    for (const result of DELIVERY_RESULTS) this.announcements.inc({ result }, 0);
    this.openReplays = new Gauge({
      name: 'steno_api_open_replays',
      help: 'WebSockets over which a session is replayed.',
      registers,
    });
    new Gauge({
      name: 'steno_api_projector_lag_seconds',
      help: 'Between the newest commit in the log and what is queryable.',
      registers,
      collect() {
        this.set(sources.projectorLag() / 1000);
      },
    });
    new Gauge({
      name: 'steno_instances',
      help: 'Instances that did not end in order, by the state that control knows them in.',
      labelNames: ['state'],
      registers,
      collect() {
        for (const [state, count] of sources.instanceStates()) this.set({ state }, count);
      },
    });
    this.registerGapped(gappedSessions);
  }

  countQueue(length: () => number): void {
    new Gauge({
      name: 'steno_api_webhook_queue',
      help: 'Announcements of approvals that were not taken yet.',
      registers: [this.registry],
      collect() {
        this.set(length());
      },
    });
  }

  private registerGapped(count: () => Promise<number>): void {
    let lookedAt = -Infinity;
    let looking: Promise<void> = Promise.resolve();
    new Gauge({
      name: 'steno_sessions_gapped',
      help: 'Sessions that lack events, as far as ClickHouse was asked within a minute.',
      registers: [this.registry],
      async collect() {
        if (performance.now() - lookedAt > GAPPED.everyMs) {
          lookedAt = performance.now();
          // Where ClickHouse does not answer, what was known stands; others say so.
          looking = count().then(
            (sessions) => {
              this.set(sessions);
            },
            () => undefined,
          );
        }
        await Promise.race([looking, delay(GAPPED.waitMs, undefined, { ref: false })]);
      },
    });
  }

  /** Express middleware that counts each answer. */
  readonly count = (request: Request, response: Response, next: NextFunction): void => {
    const started = process.hrtime.bigint();
    response.once('finish', () => {
      const matched = request.route as { readonly path: string } | undefined;
      const route = matched?.path ?? 'other';
      const { method } = request;
      this.requests.inc({ method, route, status: String(response.statusCode) });
      this.seconds.observe({ route }, Number(process.hrtime.bigint() - started) / 1e9);
    });
    next();
  };
}
