import { create } from '@bufbuild/protobuf';
import { ChunkSchema, EndSchema, MarkSchema, ScreenSchema } from '@steno/proto';
import type { ReplayFrame, Seek } from '@steno/proto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lines, steno } from './command-line.js';
import type { Ran } from './command-line.js';
import { ContractServer } from './contract-server.js';

type Frame = ReplayFrame['frame'];

const second = 1_000_000_000n;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const screen = (t: bigint, ansi: string): Frame => ({
  case: 'screen',
  value: create(ScreenSchema, { t, cols: 120, rows: 36, ansi: text(ansi) }),
});
const chunk = (t: bigint, ansi: string): Frame => ({
  case: 'chunk',
  value: create(ChunkSchema, { t, ansi: text(ansi), position: 1n }),
});
const end = (t: bigint, reason: string): Frame => ({
  case: 'end',
  value: create(EndSchema, { t, reason }),
});

let server: ContractServer;
let seeks: Seek[];
let open: boolean;
let frames: Frame[];

beforeEach(async () => {
  server = new ContractServer();
  await server.start();
  open = false;
  seeks = [];
  frames = [screen(0n, ''), chunk(second, 'one\r\n'), chunk(3n * second, 'two'), end(3n, 'range')];
  server.answer = ({ path }) =>
    path.endsWith('/timeline')
      ? { body: { durationNs: 5e9, open } }
      : { body: { identity: 'bot', target: 'orders', startedAt: '2026-11-22T12:00:00Z' } };
  server.replay = (seek) => {
    seeks.push(seek);
    return frames;
  };
});
afterEach(() => server.stop());

const replay = (...args: string[]): Promise<Ran> =>
  steno(['replay', 's1', ...args], { env: server.env });

describe('replay', () => {
  it('shows the whole session at once', async () => {
    const { code, out, err } = await replay('--no-wait');
    expect({ code, out }).toEqual({ code: 0, out: 'one\r\ntwo' });
    expect(err).toContain('bot on orders, 2026-11-22T12:00:00Z');
    expect(seeks).toMatchObject([{ at: { case: 't', value: 0n }, until: 5n * second }]);
  });

  it('begins where it is told to', async () => {
    await replay('--no-wait', '--from', '2');
    await replay('--no-wait', '--from', '1h');
    expect(seeks.map(({ at }) => at.value)).toEqual([2n * second, 5n * second]);
  });

  it('takes the time that it took, less at a higher speed', async () => {
    const took = async (...args: string[]): Promise<number> => {
      const started = performance.now();
      await replay(...args);
      return performance.now() - started;
    };
    const atOnce = await took('--no-wait');
    // 3 s of the session.
    expect(await took('--speed', '5')).toBeGreaterThan(Math.max(590, atOnce));
  });

  it('does not let the recording reach beyond the screen', async () => {
    frames = [screen(0n, '\u001B]52;c;ZXZpbA==\u0007'), chunk(1n, 'ok\u001B[6n'), end(1n, 'range')];
    expect((await replay('--no-wait')).out).toBe('ok');
  });

  it('clears a terminal first and leaves its colours as they were', async () => {
    const { out } = await steno(['replay', 's1', '--no-wait'], { env: server.env, terminal: 80 });
    expect(out).toBe('\u001B[2J\u001B[3J\u001B[Hone\r\ntwo\u001B[0m');
  });

  it('prints frames as JSON without waiting', async () => {
    const mark: Frame = { case: 'mark', value: create(MarkSchema, { t: 1n, lane: 'error' }) };
    frames = [screen(0n, 'x'), mark, chunk(100n * second, '\u001B[1m'), end(9n, 'range')];
    expect(lines((await replay('--json')).out)).toEqual([
      { kind: 'screen', t: 0, position: 0, ansi: 'x' },
      { kind: 'mark', t: 1, position: 0, lane: 'error', label: '' },
      { kind: 'chunk', t: 100e9, position: 1, ansi: '\u001B[1m' },
      { kind: 'end', t: 9, position: 0, reason: 'range' },
    ]);
  });

  it('follows a running session to its end', async () => {
    open = true;
    frames = [screen(0n, 'a'), end(0n, 'range'), chunk(1n, 'b'), end(1n, 'closed')];
    expect((await replay('--no-wait', '--follow')).out).toBe('ab');
    expect((await replay('--no-wait')).out).toBe('a');
    expect(seeks.map(({ follow }) => follow)).toEqual([true, false]);
  });

  it('does not wait for what a closed session will never bring', async () => {
    expect((await replay('--no-wait', '--follow')).code).toBe(0);
  });

  it('shows a long session whole', async () => {
    const piece = 'x'.repeat(64 * 1024);
    let sent = 0;
    server.replay = async function* () {
      yield screen(0n, '');
      for (; sent < 500; sent += 1) yield chunk(1n, piece);
      yield end(1n, 'range');
    };
    const { code, out } = await replay('--no-wait');
    expect({ code, length: out.length }).toEqual({ code: 0, length: 500 * piece.length });
  });

  it.each<[string, Frame[]]>([
    ['the server gives up', [end(0n, 'failed')]],
    ['the connection ends early', [screen(0n, 'x')]],
  ])('says that it is broken when %s', async (_, broken) => {
    frames = broken;
    const { code, err } = await replay('--no-wait');
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('STENO-1012') });
  });

  it.each([
    ['--speed', '0'],
    ['--speed', 'fast'],
    ['--from', '-1'],
  ])('refuses %s %s', async (...args) => expect((await replay(...args)).code).toBe(64));
});
