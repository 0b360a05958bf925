import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lines, makeFolder, steno } from './command-line.js';
import type { Ran } from './command-line.js';
import { ContractServer, page, problem } from './contract-server.js';

let server: ContractServer;
let folder: ReturnType<typeof makeFolder>;
const run = (...args: string[]): Promise<Ran> => steno(args, { env: server.env });

beforeEach(async () => {
  server = new ContractServer();
  await server.start();
  folder = makeFolder();
});
afterEach(() => {
  server.stop();
  folder.remove();
});

function session(number: number, more: object = {}) {
  return {
    sessionId: `0199-${number}`,
    identity: 'ci/deploy',
    target: 'orders',
    protocol: 'postgres',
    startedAt: '2026-11-22T12:00:00.000000001Z',
    endedAt: '2026-11-22T12:00:02.500000001Z',
    status: 'complete',
    reason: 'client-closed',
    commands: 12,
    errors: 1,
    rows: number,
    ...more,
  };
}

describe('sessions', () => {
  it('prints all pages, one object a line', async () => {
    const all = Array.from({ length: 1203 }, (_, index) => session(index));
    server.answer = (asked) => page(all, asked);
    const { code, out } = await run('sessions', '--json');
    expect(code).toBe(0);
    expect(lines(out)).toEqual(all);
    expect(server.asked.map(({ query }) => query.get('limit'))).toEqual(['500', '500', '500']);
  });

  it('stops at the limit', async () => {
    const all = Array.from({ length: 900 }, (_, index) => session(index));
    server.answer = (asked) => page(all, asked);
    const { out } = await run('sessions', '--json', '--limit', '501');
    expect(lines(out)).toHaveLength(501);
    expect(server.asked.map(({ query }) => query.get('limit'))).toEqual(['500', '1']);
  });

  it('asks for what the options say', async () => {
    server.answer = (asked) => page([], asked);
    const filters = ['--identity', 'a b', '--identity', 'c', '--status', 'open', '--text', 'drop'];
    await run('sessions', '--json', '--since', '2026-11-22T12:00:00Z', ...filters);
    const query = server.asked[0]?.query;
    expect(query?.getAll('identity')).toEqual(['a b', 'c']);
    expect(query?.get('status')).toBe('open');
    expect(query?.get('text')).toBe('drop');
    expect(query?.get('from')).toBe('2026-11-22T12:00:00.000Z');
    expect(query?.has('target')).toBe(false);
  });

  it('takes an age for a time', async () => {
    server.answer = (asked) => page([], asked);
    await run('sessions', '--since', '2h');
    const age = Date.now() - Date.parse(server.asked[0]?.query.get('from') ?? '');
    expect(Math.round(age / 3_600_000)).toBe(2);
  });

  it('aligns them for people, and does nothing that a name tells a terminal to', async () => {
    const evil = session(2, { identity: 'ci\u001B[2J\u202E', status: 'failed', reason: 'drained' });
    const late = session(3, { status: 'failed', reason: 'process-lost', lateFrom: 4 });
    server.answer = (asked) => page([session(1), evil, late], asked);
    const { out } = await run('sessions');
    expect(out.split('\n').map((line) => line.replace(/\d+[dhms] ago|now/, 'AGO'))).toEqual([
      'SESSION  IDENTITY             TARGET  STARTED  TOOK  COMMANDS  ERRORS  ROWS  STATUS',
      expect.stringMatching(/^0199-1 {3}ci\/deploy {12}orders +AGO +2.5s +12 +1 +1 {2}complete$/),
      expect.stringMatching(/^0199-2 {3}ci\\u\{1b\}\[2J\\u\{202e\} .* failed \(drained\)$/),
      expect.stringMatching(/ failed \(process-lost, late\)$/),
      '',
    ]);
  });

  it('has colours on a terminal alone, and none with NO_COLOR', async () => {
    server.answer = (asked) => page([session(1)], asked);
    const { env } = server;
    expect((await steno(['sessions'], { env, terminal: 80 })).out).toContain('\u001B[31m');
    expect((await steno(['sessions'], { env })).out).not.toContain('\u001B');
    const plain = await steno(['sessions'], { env: { ...env, NO_COLOR: '1' }, terminal: 80 });
    expect(plain.out).not.toContain('\u001B');
  });
});

describe('events', () => {
  const event = (position: number, more: object) => ({
    sessionId: 's1',
    stream: 'session/s1',
    position,
    type: 'command.submitted',
    occurredAt: '2026-11-22T12:00:00.123456789Z',
    ...more,
  });
  const events = [
    event(0, { type: 'session.opened', facts: { issuer: 'i' } }),
    event(1, { command: { kind: 'query', text: 'select\n1' } }),
    event(2, {
      type: 'response.completed',
      response: { status: 'ok', tags: ['SELECT'], rows: 1, bytes: 7, durationNs: 1_500_000 },
    }),
    event(3, { command: { kind: 'query', text: null, erased: true } }),
  ];

  it('of a session come by position', async () => {
    server.answer = (asked) => page(events, asked, 'after');
    const { out } = await run('events', 's1', '--json', '--raw');
    expect(lines(out)).toEqual(events);
    expect(server.asked[0]).toMatchObject({ path: '/api/sessions/s1/events' });
    expect(server.asked[0]?.query.get('raw')).toBe('true');
  });

  it('of all come in commit order, of the topic that is asked for', async () => {
    server.answer = (asked) => page(events, asked);
    expect(lines((await run('events', '--json')).out)).toEqual(events);
    await run('events', '--json', '--topic', 'control');
    expect(server.asked.map(({ path }) => path)).toEqual(['/api/events', '/api/events']);
    expect(server.asked.map(({ query }) => query.get('topic'))).toEqual(['data', 'control']);
  });

  it('have text of any length', async () => {
    const text = 'x'.repeat(5_000_000);
    server.answer = (asked) => page([event(0, { command: { kind: 'query', text } })], asked);
    const [line] = lines((await run('events', '--json')).out) as { command: { text: string } }[];
    expect(line?.command.text).toBe(text);
  });

  it('are told in one line each', async () => {
    server.answer = (asked) => page(events, asked, 'after');
    const { out } = await run('events', 's1');
    expect(out.trimEnd().split('\n').slice(1)).toEqual([
      '       0  2026-11-22 12:00:00.123  session.opened      {"issuer":"i"}',
      '       1  2026-11-22 12:00:00.123  command.submitted   select\\n1',
      '       2  2026-11-22 12:00:00.123  response.completed  ok SELECT · 1 rows, 7 bytes, 1.5 ms',
      '       3  2026-11-22 12:00:00.123  command.submitted   (erased)',
    ]);
  });

  it.each([
    ['events', 's1', '--topic', 'control'],
    ['events', 's1', '--since', '1h'],
    ['events', '--topic', 'nothing'],
    ['events', '--limit', '0'],
    ['events', '--since', 'yesterday'],
  ])('refuses %s %s %s %s', async (...args) => expect((await run(...args)).code).toBe(64));

  it('asks for the session of that very name', async () => {
    server.answer = (asked) => page([], asked);
    await run('events', '../../x?y=1', '--json');
    expect(server.asked[0]?.path).toBe('/api/sessions/..%2F..%2Fx%3Fy%3D1/events');
  });
});

describe('gaps', () => {
  it('finds what is missing and exits 2', async () => {
    const events = [
      { position: 0, type: 'session.opened' },
      { position: 3, type: 'gap', facts: { fromPosition: '1', toPosition: '2', reason: 'x' } },
      { position: 6, type: 'session.closed' },
    ];
    const listed = [
      session(1, { status: 'gapped' }),
      session(2, { status: 'silent' }),
      session(3, { status: 'gapped' }),
    ];
    server.answer = (asked) => {
      if (asked.path === '/api/sessions') return page(listed, asked);
      if (asked.path === '/api/sessions/0199-1/events') return page(events, asked, 'after');
      if (asked.path === '/api/sessions/0199-2') return { body: { head: { position: 9 } } };
      if (asked.path === '/api/sessions/0199-3/events') return page([{ position: 0 }], asked);
      if (asked.path === '/api/sessions/0199-3/chain') return { body: { state: 'gapped' } };
      return { status: 404 };
    };
    const { code, out } = await run('gaps', '--json');
    expect(code).toBe(2);
    expect(lines(out)).toMatchObject([
      { sessionId: '0199-1', gap: { from: 1, to: 2, reason: 'events are missing' } },
      { sessionId: '0199-1', gap: { from: 1, to: 2, reason: 'x' } },
      { sessionId: '0199-1', gap: { from: 4, to: 5 } },
      { sessionId: '0199-2', gap: { from: 10, to: null } },
      { sessionId: '0199-3', gap: { from: 1, to: null, reason: 'the end is missing' } },
    ]);
    expect(server.asked[0]?.query.getAll('status')).toEqual(['gapped', 'silent']);
    expect((await run('gaps')).out).toContain('10 to ?');
  });

  it('exits 0 where nothing is', async () => {
    server.answer = (asked) => page([], asked);
    expect(await run('gaps', '--json')).toMatchObject({ code: 0, out: '' });
    expect(await run('gaps')).toMatchObject({ code: 0, out: 'No gaps.\n' });
  });
});

describe('terminate and sign-in', () => {
  it('asks for the end of a session, with the reason', async () => {
    server.answer = () => ({ status: 202, body: {} });
    const { code, out } = await run('terminate', 's1', '--reason', 'leaks "data"', '--json');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([{ sessionId: 's1', requested: true }]);
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/api/sessions/s1/terminate' });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ reason: 'leaks "data"' });
  });

  it('needs a reason', async () => expect((await run('terminate', 's1')).code).toBe(64));

  it('prints a link with its code where no server logs it', async () => {
    server.answer = () => ({ status: 201, body: { code: 'a/b', expiresAt: 'then' } });
    expect((await run('sign-in')).out).toBe(`${server.url}/sign-in#code=a%2Fb\n`);
  });
});

describe('instances', () => {
  const instance = (boot: string, state: string) => ({
    boot,
    state,
    name: 'capture-1',
    role: 'capture',
    since: '2026-11-22T12:00:00.000000001Z',
    openSessions: 3,
    missing: 0,
  });

  it('are listed with their boots', async () => {
    const instances = [instance('b1', 'running'), instance('b0', 'silent')];
    server.answer = () => ({ status: 200, body: { instances } });
    expect(lines((await run('instances', 'list', '--json')).out)).toEqual(instances);
    expect(server.asked[0]?.path).toBe('/api/pipeline');
    expect((await run('instances', 'list')).out).toMatch(/\nb0 +capture-1 +capture +silent /);
  });

  it('are lost with a reason', async () => {
    server.answer = () => ({ status: 202, body: {} });
    const { code, out } = await run('instances', 'lost', 'b0', '--reason', 'disk', '--json');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([{ boot: 'b0', lost: true }]);
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/api/instances/b0/lost' });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ reason: 'disk' });
    for (const wrong of [['lost', 'b0'], ['lost'], ['found', 'b0'], ['list', 'b0']]) {
      expect((await run('instances', ...wrong)).code, wrong.join(' ')).toBe(64);
    }
  });
});

describe('the api', () => {
  it('is found by what `steno up` left in the data directory', async () => {
    const { path } = folder;
    mkdirSync(join(path, 'd/run'), { recursive: true });
    const file = join(path, 'd/run/api.json');
    const { STENO_URL: url, STENO_TOKEN: token } = server.env;
    writeFileSync(file, JSON.stringify({ url, token }), { mode: 0o600 });
    writeFileSync(join(path, 'steno.yaml'), 'data: d');
    server.answer = (asked) => page([session(1)], asked);
    const config = join(path, 'steno.yaml');
    expect((await steno(['sessions', '--json', '--config', config])).code).toBe(0);
    // Without --config the file is looked for where one is.
    expect((await steno(['sessions', '--json'], { cwd: path })).code).toBe(0);

    chmodSync(file, 0o644);
    const open = await steno(['sessions', '--config', config]);
    expect(open).toMatchObject({ code: 3, err: expect.stringContaining('STENO-1013') });
    writeFileSync(file, `{"token": "${token}"`);
    chmodSync(file, 0o600);
    const damaged = await steno(['sessions', '--config', config]);
    expect(damaged).toMatchObject({ code: 3, err: expect.stringContaining('STENO-1014') });
    expect(damaged.err).not.toContain(token);
  });

  it('that never ran, or runs no more, gives 4 and says so', async () => {
    const never = await steno(['sessions', '--json'], { cwd: folder.path });
    expect(never.code).toBe(4);
    expect(lines(never.err)).toEqual([
      {
        error: {
          code: 'STENO-1003',
          message: expect.stringContaining('needs a running `steno up`'),
          hint: expect.any(String),
        },
      },
    ]);
    const { env } = server;
    server.stop();
    const noMore = await steno(['sessions'], { env });
    expect(noMore).toMatchObject({ code: 4, err: expect.stringContaining('STENO-1004') });
  });

  it('that refuses is quoted', async () => {
    server.answer = () => ({ status: 404, body: problem('STENO-3004', 'No such session', 'x1') });
    const { code, err } = await run('events', 'x1');
    expect(code).toBe(1);
    expect(err).toContain('STENO-3004 · No such session · x1');
    const stranger = { ...server.env, STENO_TOKEN: 'wrong' };
    const refused = await steno(['sessions'], { env: stranger });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Not signed in') });
    expect(refused.err).not.toContain('wrong');
  });

  it('that fails or is something else gives 3', async () => {
    server.answer = () => ({ status: 503, body: problem('STENO-3009', 'The log is away') });
    expect(await run('sessions')).toMatchObject({ code: 3 });
    server.answer = () => ({ body: '<html>' });
    expect(await run('sessions')).toMatchObject({ code: 3 });
    server.answer = () => ({ body: { hello: 'world' } });
    expect(await run('sessions')).toMatchObject({ code: 3 });
  });

  it('is not sent a token that belongs to another', async () => {
    const { STENO_URL } = server.env;
    expect((await steno(['sessions'], { env: { STENO_URL } })).code).toBe(64);
    expect(server.asked).toEqual([]);
  });
});
