import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spanIdOf, traceIdOf } from '../src/tracing/trace-ids.js';
import { Collector } from './collector.js';
import type { SeenSpan } from './collector.js';
import { makeFolder } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';
const COLLECTOR_TOKEN = 'of-the-collector';
const ENV = { ORDERS_PASSWORD: PASSWORD, COLLECTOR_TOKEN };
const SPANS = ['command', 'decide', 'commit', 'target', 'project'];

const folder = makeFolder();
let collector: Collector;
let target: EmbeddedPostgres;
let up: RunningUp;

beforeAll(async () => {
  collector = await Collector.start();
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'app',
    password: PASSWORD,
  });
  const tracing = `tracing:
  endpoint: ${collector.url}/
  sampleRatio: 1
  headers: { x-collector-token: env:COLLECTOR_TOKEN }
`;
  writeConfig(folder.path, { port: target.port, username: 'app' }, tracing);
  up = await RunningUp.start({ folder: folder.path, config: 'steno.yaml', env: ENV });
});
afterAll(async () => {
  await killAll([up]);
  await up.exited;
  await Promise.all([target.stop(), collector.stop()]);
  folder.remove();
});

/** The spans of one command, by name, once all have come. */
function traceOf(sessionId: string, position: number): Promise<Map<string, SeenSpan>> {
  const traceId = traceIdOf(`session/${sessionId}`, position);
  return until(`the trace of ${position} is whole`, () => {
    const found = collector.spans.filter((span) => span.traceId === traceId);
    const names = new Map(found.map((span) => [span.name, span]));
    return SPANS.every((name) => names.has(name)) ? names : undefined;
  });
}

describe('a traced command', () => {
  it('is one trace from the gateway to ClickHouse', async () => {
    const client = await up.connect('ci/traced');
    await client.query("SELECT 'not for traces'");
    await expect(client.query('SELECT nothing_of_that_name')).rejects.toThrow();
    await client.query('SELECT $1::text', ['neither is this']);
    const { sessionId } = await up.session('ci/traced', 'open');

    const trace = await traceOf(sessionId, 1);
    expect([...trace.keys()].sort()).toEqual([...SPANS].sort());
    const root = trace.get('command');
    expect(root).not.toHaveProperty('parentSpanId');
    expect(root?.facts).toEqual({
      'steno.session': sessionId,
      'steno.position': '1',
      'steno.identity': 'ci/traced',
      'steno.target': 'orders',
      'steno.kind': 'query',
      'steno.status': 'ok',
    });
    for (const [name, span] of trace) {
      expect(span.service).toBe(name === 'project' ? 'steno-projector' : 'steno-capture');
      expect(span.spanId).toBe(spanIdOf(span.traceId, name));
      if (name !== 'command') expect(span.parentSpanId).toBe(root?.spanId);
      const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
      expect(start).toBeLessThanOrEqual(end);
      expect(start).toBeGreaterThanOrEqual(BigInt(root?.startTimeUnixNano ?? 0));
    }
    expect(trace.get('decide')?.endTimeUnixNano).toBe(trace.get('commit')?.startTimeUnixNano);
    expect(trace.get('commit')?.endTimeUnixNano).toBe(trace.get('target')?.startTimeUnixNano);
    expect(trace.get('target')?.endTimeUnixNano).toBe(root?.endTimeUnixNano);
    expect(trace.get('project')?.events.map(({ name }) => name)).toEqual(['read']);

    const failed = (await traceOf(sessionId, 3)).get('command');
    expect(failed).toMatchObject({ facts: { 'steno.status': 'error' }, status: { code: 2 } });
    const events = await up.json<{ position: number; type: string }>('events', sessionId);
    const submitted = events.filter(({ type }) => type === 'command.submitted');
    expect(submitted).toHaveLength(3);
    const executed = await traceOf(sessionId, submitted.at(-1)?.position ?? 0);
    expect(executed.get('command')?.facts['steno.kind']).toBe('execute');
    await client.end();
  });

  it('tells nothing of what it says, and its headers to the collector alone', async () => {
    const client = await up.connect('ci/last');
    await client.query("SELECT 'not for traces'");
    await client.end();
    const { sessionId } = await up.session('ci/last', 'ended');
    expect(await up.stop()).toMatchObject({ code: 0 });
    await traceOf(sessionId, 1);
    for (const secret of ['not for traces', 'neither is this', 'nothing_of_that_name', PASSWORD]) {
      expect(collector.text).not.toContain(secret);
    }
    for (const { url, headers } of collector.asked) {
      expect(url).toBe('/v1/traces');
      expect(headers['x-collector-token']).toBe(COLLECTOR_TOKEN);
    }
    expect(up.err + up.out + collector.text).not.toContain(COLLECTOR_TOKEN);
  });
});
