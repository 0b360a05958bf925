import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface MetricName {
  readonly name: string;
  readonly help: string;
}

/** Metrics of which nothing is kept: each scrape looks their values up. */
export class PulledMetrics {
  constructor(private readonly registry: Registry) {}

  gauge({ name, help }: MetricName, look: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(look());
      },
    });
  }

  counter({ name, help }: MetricName, look: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(look());
      },
    });
  }

  /** A counter with one label, by whose values `look` has the counts. */
  counters(
    { name, help, label }: MetricName & { readonly label: string },
    look: () => ReadonlyMap<string, number>,
  ): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, count] of look()) this.inc({ [label]: value }, count);
      },
    });
  }
}
