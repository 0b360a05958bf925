// OTLP as JSON, as opentelemetry.io/docs/specs/otlp and opentelemetry-proto 1.x have it.

/** By name; a number is a whole one. */
export type Attributes = Readonly<Record<string, string | number>>;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined: it is the root of its trace. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  /** In nanoseconds since the epoch. */
  readonly startedAt: bigint;
  readonly endedAt: bigint;
  readonly attributes: Attributes;
  readonly hasFailed: boolean;
  readonly events: readonly { readonly name: string; readonly at: bigint }[];
}

const KINDS = { internal: 1, server: 2, client: 3, consumer: 5 } as const;
const STATUS = { unset: 0, error: 2 } as const;

/** The body of a request to `/v1/traces`. */
export function otlpBody(resource: Attributes, spans: readonly Span[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: otlpAttributes(resource) },
        scopeSpans: [{ scope: { name: 'steno' }, spans: spans.map(otlpSpan) }],
      },
    ],
  });
}

function otlpSpan(span: Span) {
  const { traceId, spanId, parentSpanId, name, kind, startedAt, endedAt } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: KINDS[kind],
    startTimeUnixNano: String(startedAt),
    endTimeUnixNano: String(endedAt),
    attributes: otlpAttributes(span.attributes),
    events: span.events.map((event) => ({ name: event.name, timeUnixNano: String(event.at) })),
    status: { code: span.hasFailed ? STATUS.error : STATUS.unset },
  };
}

function otlpAttributes(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));
}
