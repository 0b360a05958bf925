import type { EventView, SessionDetailView } from '@steno/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.js';
import { Asker } from './asker.js';
import { Player, text } from './player.js';
import { RecordedSession, rowsOf, sessionId } from './recorded-session.js';
import { startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

const ID = sessionId(1);
const TITLE = `agent on orders, 2026-11-18T11:06:40Z, gapped, session ${ID}`;

let test: TestApi;
let asker: Asker;
let recorded: RecordedSession;

beforeAll(async () => {
  test = await startTestApi();
  asker = new Asker(test);
  recorded = new RecordedSession(ID, { identity: 'agent', target: 'orders' });
  recorded.select('SELECT * FROM things', rowsOf(300));
  recorded.fail(recorded.submit('SELECT broken'), '42703', 'column "broken" does not exist');
  // More events than are read at a time.
  for (let n = 0; n < 150; n += 1) recorded.run(`SET a = ${n}`, 'SET');
  recorded.lose();
  recorded.select('SELECT long rows', rowsOf(1500, 90));
  recorded.close();
  await test.store(recorded.events);
});
afterAll(() => test.stop());
beforeEach(() => {
  test.accesses.length = 0;
  test.clock.now += LIMITS.accessRepeatMs;
});

async function exported(format: string, id = ID) {
  const answer = await asker
    .ask(`/api/sessions/${id}/export?format=${format}`)
    .buffer(true)
    .parse((response, done) => {
      let whole = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (whole += piece));
      response.on('end', () => done(null, whole));
    });
  expect(answer.status).toBe(200);
  return { headers: answer.headers, lines: (answer.body as string).split('\n').slice(0, -1) };
}

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as unknown);

async function replayed(): Promise<{ t: number; data: string }[]> {
  const player = await Player.open(test.api.url, ID);
  const at = { case: 't' as const, value: -1n };
  const { chunks } = await player.seek({ at, until: 2n ** 62n });
  await player.close();
  return chunks.map((chunk) => ({ t: Math.floor(Number(chunk.t) / 1000), data: text([chunk]) }));
}

describe('GET /api/sessions/:id/export', () => {
  it('gives an asciicast that shows what the replay does, when it does', async () => {
    const { headers, lines } = await exported('cast2');
    expect(headers).toMatchObject({
      'content-type': 'application/x-asciicast',
      'content-disposition': `attachment; filename="steno-${ID}.cast"`,
    });
    const [header, ...events] = parsed(lines) as [unknown, ...[number, string, string][]];
    const size = { width: 120, height: 36 };
    expect(header).toEqual({ version: 2, ...size, timestamp: 1_795_000_000, title: TITLE });
    const output = events.filter(([, code]) => code === 'o');
    expect(output.map(([time, , data]) => ({ t: Math.round(time * 1e6), data }))).toEqual(
      await replayed(),
    );
    const markers = events.filter(([, code]) => code === 'm').map(([, , label]) => label);
    expect(markers.slice(0, 4)).toEqual([
      'state: opened',
      'command: query',
      'command: query',
      'error: 42703',
    ]);
  });

  it('gives the same in version 3, by intervals', async () => {
    const [header, ...events] = parsed((await exported('cast3')).lines) as [
      unknown,
      ...[number, string, string][],
    ];
    expect(header).toMatchObject({ version: 3, term: { cols: 120, rows: 36 }, title: TITLE });
    let t = 0;
    const output = events.flatMap(([interval, code, data]) => {
      t += Math.round(interval * 1e6);
      return code === 'o' ? [{ t, data }] : [];
    });
    expect(output).toEqual(await replayed());
  });

  it('gives a text without colours', async () => {
    const { headers, lines } = await exported('text');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(lines[0]).toBe(TITLE);
    const whole = lines.join('\n');
    expect(whole).toContain('orders=> SELECT * FROM things\n');
    expect(whole).toContain('ERROR:  column "broken" does not exist');
    expect(whole).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('gives all events with their bytes, and says how many', async () => {
    const { lines } = await exported('ndjson');
    const [session, ...rest] = parsed(lines) as [SessionDetailView, ...(EventView & Ending)[]];
    expect(session).toMatchObject({ kind: 'session', sessionId: ID, status: 'gapped' });
    expect(rest.pop()).toEqual({ kind: 'end', events: recorded.events.length });
    expect(rest.map(({ position, raw }) => [position, raw])).toEqual(
      recorded.events.map(({ envelope, raw }) => [
        Number(envelope.position),
        Buffer.from(raw).toString('base64'),
      ]),
    );
  });

  it('is on record', async () => {
    await exported('text');
    const viewed = test.accesses.filter(({ type }) => type === 'access.viewed');
    expect(viewed).toMatchObject([{ action: 'export', objectId: ID, query: 'format=text' }]);
  });

  it.each([
    [`${ID}/export`, 400],
    [`${ID}/export?format=mp4`, 400],
    [`${sessionId(9)}/export?format=text`, 404],
  ])('refuses %s', async (path, status) => {
    expect((await asker.ask(`/api/sessions/${path}`)).status).toBe(status);
  });

  it('shows nothing where the log cannot take who asked', async () => {
    test.log.isAway = true;
    const answer = await asker.ask(`/api/sessions/${ID}/export?format=cast2`);
    test.log.isAway = false;
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('things');
  });
});

interface Ending {
  readonly kind: string;
  readonly events?: number;
}
