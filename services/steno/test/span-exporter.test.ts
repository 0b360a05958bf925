import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Span } from '../src/tracing/otlp.js';
import { SpanExporter } from '../src/tracing/span-exporter.js';
import { spanIdOf, traceIdOf } from '../src/tracing/trace-ids.js';
import { Collector } from './collector.js';
import { until } from './processes.js';

const QUEUE_SPANS_MAX = 4_096;

let collector: Collector;
let warnings: string[];
beforeEach(async () => {
  collector = await Collector.start();
  warnings = [];
});
afterEach(() => collector.stop());

function exporter(): SpanExporter {
  return new SpanExporter({
    url: `${collector.url}/v1/traces`,
    headers: { authorization: 'of-the-collector' },
    resource: { 'service.name': 'steno-test' },
    warn: (message, details) => warnings.push(`${message} ${JSON.stringify(details)}`),
  });
}

function spans(count: number): Span[] {
  return Array.from({ length: count }, (_, position) => {
    const traceId = traceIdOf('session/1', position);
    return {
      traceId,
      spanId: spanIdOf(traceId, 'command'),
      parentSpanId: undefined,
      name: 'command',
      kind: 'server',
      startedAt: 1_700_000_000_000_000_001n,
      endedAt: 1_700_000_000_000_000_002n,
      attributes: { 'steno.position': position },
      hasFailed: position === 0,
      events: [],
    } as const;
  });
}

describe('the exporter of spans', () => {
  it('sends what it was given, to the nanosecond', async () => {
    const to = exporter();
    to.add(spans(2));
    await until('they have come', () => to.exported === 2);
    expect(collector.asked[0]).toMatchObject({
      url: '/v1/traces',
      headers: { authorization: 'of-the-collector', 'content-type': 'application/json' },
    });
    const [first, second] = collector.spans;
    expect(first).toMatchObject({
      service: 'steno-test',
      name: 'command',
      startTimeUnixNano: '1700000000000000001',
      endTimeUnixNano: '1700000000000000002',
      status: { code: 2 },
    });
    expect(second).toMatchObject({ facts: { 'steno.position': '1' }, status: { code: 0 } });
    await to.close();
  });

  it('sends what is left at the end', async () => {
    const to = exporter();
    to.add(spans(1_500));
    await to.close();
    expect(collector.spans).toHaveLength(1_500);
    expect(to).toMatchObject({ exported: 1_500, dropped: 0 });
  });

  it('counts what is refused, and says so once, without its headers', async () => {
    collector.answer = 401;
    const to = exporter();
    for (let round = 1; round <= 2; round += 1) {
      to.add(spans(10));
      await until('they were refused', () => to.dropped === round * 10);
    }
    expect(to.exported).toBe(0);
    expect(warnings).toEqual(['traces are dropped {"reason":"it answers 401","dropped":10}']);
    await to.close();
  });

  it('drops what a collector that never answers leaves behind, and ends', async () => {
    collector.answer = undefined;
    const to = exporter();
    to.add(spans(QUEUE_SPANS_MAX));
    to.add(spans(1));
    expect(to.dropped).toBe(1);
    await to.close();
    expect(to).toMatchObject({ exported: 0, dropped: QUEUE_SPANS_MAX + 1 });
  });

  it('goes on when the collector is there again', async () => {
    const { url } = collector;
    const to = exporter();
    await collector.stop();
    to.add(spans(3));
    await until('they are dropped', () => to.dropped === 3);
    expect(warnings[0]).toContain('ECONNREFUSED');
    collector = await Collector.start(Number(new URL(url).port));
    to.add(spans(4));
    await to.close();
    expect(collector.spans).toHaveLength(4);
  });
});
