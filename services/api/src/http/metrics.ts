import type { NextFunction, Request, Response } from 'express';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** What Prometheus is told. No label holds anything that people or targets choose. */
export class Metrics {
  readonly registry = new Registry();
  readonly openReplays: Gauge;
  private readonly requests: Counter<'method' | 'route' | 'status'>;
  private readonly seconds: Histogram<'route'>;

  constructor(projectorLag: () => number) {
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
        this.set(projectorLag() / 1000);
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
