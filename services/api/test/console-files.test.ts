import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-console-'));
  const console = join(directory, 'console');
  await mkdir(join(console, 'assets'), { recursive: true });
  await mkdir(join(console, '.vite'));
  await writeFile(join(console, 'index.html'), '<!doctype html><title>Steno</title>');
  await writeFile(join(console, 'assets', 'app-1a2b.js'), 'export {};');
  await writeFile(join(console, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(console, '.vite', 'manifest.json'), '{}');
  await writeFile(join(directory, 'secret'), 'secret');
  test = await startTestApi({ consoleDirectory: console });
});

afterAll(async () => {
  await test.stop();
  await rm(directory, { recursive: true });
});

const get = (path: string) => supertest(test.api.url).get(path);

describe('the console', () => {
  it('is the same page at each of its addresses, asked for anew each time', async () => {
    for (const path of ['/', '/index.html', '/sign-in', '/sessions/0199?t=1', '/metrics-of-mine']) {
      const { status, text, headers } = await get(path);
      expect([status, text], path).toEqual([200, '<!doctype html><title>Steno</title>']);
      expect(headers['cache-control'], path).toBe('no-cache');
      expect(headers['content-security-policy'], path).toContain("default-src 'self'");
    }
  });

  it('has files that a browser may keep for ever', async () => {
    const { headers, status } = await get('/assets/app-1a2b.js');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/javascript');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/icon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it('is nothing else', async () => {
    expect(refusal(await get('/assets/gone-3c4d.js'))).toEqual([404, 'STENO-3006']);
    expect(refusal(await get('/api'))).toEqual([404, 'STENO-3006']);
    expect(refusal(await get('/api/nowhere'))).toEqual([404, 'STENO-3006']);
    expect((await get('/healthz')).body).toEqual({ status: 'ok' });
    expect(refusal(await supertest(test.api.url).post('/sign-in'))).toEqual([404, 'STENO-3006']);
    for (const path of [
      '/../secret',
      '/%2e%2e/secret',
      '/assets/..%2f..%2fsecret',
      '/.vite/manifest.json',
    ]) {
      expect((await get(path)).text, path).not.toMatch(/^(?:secret|\{\})$/);
    }
  });
});
