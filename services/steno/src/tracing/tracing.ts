import type { CommandTracer, TracedCommand } from '@steno/capture';
import type { ProjectedCommand, ProjectionTracer } from '@steno/projector';
import type { Clock } from '@steno/sessions';
import type { TracingConfig } from '../config/config.js';
import { resolveSecret } from '../config/secret.js';
import { spanOfProjection, spansOfCommand } from './command-spans.js';
import { SpanExporter } from './span-exporter.js';
import type { SpanExporterOptions } from './span-exporter.js';
import { Sampler } from './trace-ids.js';

const NS_PER_MS = 1_000_000n;

export interface TracingOptions {
  readonly config: TracingConfig;
  /** What `file:` references are relative to. */
  readonly baseDirectory: string;
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly clock: Clock;
  readonly warn: SpanExporterOptions['warn'];
}

/** Traces of a part of all commands, as one process sees them. */
export class Tracing implements CommandTracer, ProjectionTracer {
  private readonly exporter: SpanExporter;
  private readonly sample: Sampler;
  private readonly clock: Clock;

  /** @throws CliError where a header's value is not there */
  constructor({ config, baseDirectory, clock, ...of }: TracingOptions) {
    this.clock = clock;
    this.sample = new Sampler(config.sampleRatio);
    const headers = Object.entries(config.headers).map(([name, reference]) => {
      return [name, resolveSecret(reference, baseDirectory)] as const;
    });
    this.exporter = new SpanExporter({
      url: `${config.endpoint}/v1/traces`,
      headers: Object.fromEntries(headers),
      resource: {
        'service.namespace': 'steno',
        'service.name': of.service,
        'service.instance.id': of.instance,
        'service.version': of.version,
      },
      warn: of.warn,
    });
  }

  get figures(): { readonly exported: number; readonly dropped: number } {
    return this.exporter;
  }

  sampler(stream: string): (position: number) => boolean {
    return this.sample.of(stream);
  }

  isSampled(stream: string, position: number): boolean {
    return this.sample.isSampled(stream, position);
  }

  traced(command: TracedCommand): void {
    this.exporter.add(spansOfCommand(command));
  }

  projected(command: ProjectedCommand, readAtMs: number): void {
    const at = { read: BigInt(readAtMs) * NS_PER_MS, stored: this.clock() };
    this.exporter.add([spanOfProjection(command, at)]);
  }

  close(): Promise<void> {
    return this.exporter.close();
  }
}
