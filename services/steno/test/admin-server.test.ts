import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Counter } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminServer } from '../src/processes/admin-server.js';

const listen = { host: '127.0.0.1', port: 0 };
const errors: unknown[] = [];
let reasons: readonly string[] = ['starting'];
let admin: AdminServer;

const start = (port: number): Promise<AdminServer> =>
  AdminServer.start({
    listen: { ...listen, port },
    unready: () => reasons,
    onError: (error) => errors.push(error),
  });

beforeAll(async () => {
  admin = await start(0);
});
afterAll(() => admin.close());

const ask = (path: string, init?: RequestInit) => fetch(`${admin.url}${path}`, init);

describe('the admin server', () => {
  it('is alive, and ready when there is no reason not to be', async () => {
    const health = await ask('/healthz');
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({ status: 'ok' });

    const unready = await ask('/readyz');
    expect(unready.status).toBe(503);
    expect(unready.headers.get('content-type')).toBe('application/json');
    expect(await unready.json()).toEqual({ status: 'unready', reasons: ['starting'] });
    reasons = [];
    const ready = await ask('/readyz?verbose');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ok' });
  });

  it('serves what is in its registry, and figures of the process', async () => {
    new Counter({ name: 'cats_total', help: 'Cats.', registers: [admin.registry] }).inc(3);
    const response = await ask('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const served = await response.text();
    expect(served).toContain('# HELP cats_total Cats.\n# TYPE cats_total counter\ncats_total 3\n');
    expect(served).toMatch(/^process_cpu_seconds_total \d/m);
    expect(served).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  });

  it('has nothing else', async () => {
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/healthz/more')).status).toBe(404);
    const posted = await ask('/healthz', { method: 'POST', body: 'x' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
    const head = await ask('/healthz', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('does not read headers without end', async () => {
    const socket = connect(Number(new URL(admin.url).port), listen.host);
    socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('says whose address it is that is taken', async () => {
    const { port } = new URL(admin.url);
    await expect(start(Number(port))).rejects.toMatchObject({
      code: 'STENO-1023',
      message: expect.stringMatching(`admin\\.listen: .*:${port}`) as unknown,
    });
  });

  it('ends with connections open, and tells of metrics that cannot be had', async () => {
    const other = await start(0);
    new Counter({
      name: 'dogs_total',
      help: 'Dogs.',
      registers: [other.registry],
      collect: () => {
        throw new Error('no dogs');
      },
    });
    expect((await fetch(`${other.url}/metrics`)).status).toBe(500);
    expect(errors).toEqual([new Error('no dogs')]);
    const { url } = other;
    const idle = connect(Number(new URL(url).port), listen.host);
    await once(idle, 'connect');
    await other.close();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });
});
