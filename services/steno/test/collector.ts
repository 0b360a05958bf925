import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events: readonly { readonly name: string; readonly timeUnixNano: string }[];
  readonly status: { readonly code: number };
}

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** A span as the collector got it. */
export interface SeenSpan extends OtlpSpan {
  readonly service: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** Takes OTLP over HTTP as a collector does, and keeps it. */
export class Collector {
  readonly spans: SeenSpan[] = [];
  readonly asked: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  /** Everything that it was sent. */
  text = '';
  /** What it answers; undefined: nothing, ever. */
  answer: number | undefined = 200;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void this.take(request).then(() => {
        const { answer } = this;
        if (answer !== undefined) response.writeHead(answer).end('{}');
      });
    });
  }

  static async start(port = 0): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.server.listen(port, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async take(request: IncomingMessage): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    this.text += text;
    this.asked.push({ url: request.url ?? '', headers: request.headers });
    if (this.answer !== 200) return;
    const body = JSON.parse(text) as OtlpBody;
    for (const { resource, scopeSpans } of body.resourceSpans) {
      const service = factsOf(resource.attributes)['service.name'] ?? '';
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({ ...span, service, facts: factsOf(span.attributes) });
      }
    }
  }
}

function factsOf(attributes: readonly OtlpAttribute[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']),
  );
}
