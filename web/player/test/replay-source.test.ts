import { describe, expect, it } from 'vitest';
import { decode, FakeServer } from './fake-server.js';
import { ReplayLink } from '../src/replay-link.js';
import { ReplaySource, UNREADABLE_FRAME, type SourceLimits } from '../src/replay-source.js';

function sourceOf(limits?: SourceLimits) {
  const server = new FakeServer();
  const link = new ReplayLink(server.open, server.timers);
  const told: string[] = [];
  const source = new ReplaySource(
    link,
    {
      screen: ({ position }) => told.push(`screen ${position}`),
      live: ({ ansi }) => told.push(`live ${decode(ansi)}`),
      mark: ({ lane, position }) => told.push(`mark ${lane} ${position}`),
      closed: (t) => told.push(`closed ${t}`),
      failed: (code) => told.push(`failed ${code}`),
      resumed: () => told.push('resumed'),
    },
    limits,
  );
  link.start();
  server.connect();
  const take = (t: number): string =>
    source
      .takeUntil(t)
      .map(({ ansi }) => decode(ansi))
      .join('');
  return { server, source, told, take };
}

describe('a range', () => {
  it('is a screen and then what follows, when it is due', () => {
    const { server, source, told, take } = sourceOf();
    source.seek({ kind: 't', t: 5e9 }, 30e9);
    expect(server.last).toMatchObject({ until: 30_000_000_000n, follow: false });
    expect(server.last.at).toEqual({ case: 't', value: 5_000_000_000n });
    server.screen(5e9, 3);
    server.chunk(6e9, 4);
    server.chunk(8e9, 5);
    server.end(30e9, 5);
    expect(told).toEqual(['resumed', 'screen 3']);
    expect(take(5.9e9)).toBe('');
    expect(take(7e9)).toBe('4;');
    expect(take(99e9)).toBe('5;');
    expect(source.loadedTo).toBe(30e9);
  });

  it('goes on behind the last position, each piece once', () => {
    const { server, source, take } = sourceOf();
    source.seek({ kind: 't', t: 0 }, 10e9);
    server.screen(0, 0);
    server.chunk(1e9, 1);
    server.end(10e9, 1);
    source.extend(20e9);
    expect(server.last).toMatchObject({ withoutScreen: true, until: 20_000_000_000n });
    expect(server.last.at).toEqual({ case: 'position', value: 1n });
    server.chunk(1e9, 1);
    server.chunk(9e9, 2);
    server.chunk(11e9, 3);
    server.end(20e9, 3);
    expect(take(99e9)).toBe('1;2;3;');
  });

  it('holds an event that comes in several pieces whole', () => {
    const { server, source, take } = sourceOf();
    source.seek({ kind: 't', t: 0 }, 10e9);
    server.screen(0, 0);
    server.chunk(1e9, 1, 'a');
    server.chunk(1e9, 1, 'b');
    server.chunk(1e9, 1, 'c');
    expect(take(1e9)).toBe('abc');
  });

  it('drops the answers to what is not wanted any more', () => {
    const { server, source, told, take } = sourceOf();
    source.seek({ kind: 't', t: 0 }, 10e9);
    const { request } = server.last;
    source.seek({ kind: 'position', position: 9 }, 60e9);
    server.screen(0, 0, request);
    server.chunk(1e9, 1, 'old', request);
    expect(source.seeking).toBe(true);
    server.screen(50e9, 9);
    server.chunk(51e9, 10, 'new');
    server.chunk(2e9, 2, 'old', request);
    expect(told).toEqual(['resumed', 'screen 9']);
    expect(take(99e9)).toBe('new');
  });

  it('asks for nothing while something is under way or loaded already', () => {
    const { server, source } = sourceOf();
    source.seek({ kind: 't', t: 0 }, 10e9);
    source.extend(20e9);
    server.screen(0, 0);
    source.extend(20e9);
    server.end(10e9, 0);
    source.extend(10e9);
    expect(server.seeks).toHaveLength(1);
    source.extend(20e9);
    expect(server.seeks).toHaveLength(2);
  });
});

describe('what is held', () => {
  it('is bounded: no more is asked for while much of it waits', () => {
    const { server, source, take } = sourceOf({ prefetchBytes: 10, bufferBytes: 1000 });
    source.seek({ kind: 't', t: 0 }, 10e9);
    server.screen(0, 0);
    server.chunk(1e9, 1, 'x'.repeat(11));
    server.end(10e9, 1);
    source.extend(20e9);
    expect(server.seeks).toHaveLength(1);
    take(1e9);
    source.extend(20e9);
    expect(server.seeks).toHaveLength(2);
  });

  it('is cut where a range is too big, at a whole event, and asked for again', () => {
    const { server, source, take } = sourceOf({ prefetchBytes: 10, bufferBytes: 20 });
    source.seek({ kind: 't', t: 0 }, 10e9);
    const { request } = server.last;
    server.screen(0, 0);
    server.chunk(1e9, 1, 'first.....');
    server.chunk(2e9, 2, 'second....');
    server.chunk(2e9, 2, 'third');
    server.chunk(3e9, 3, 'late', request);
    expect(source.loadedTo).toBe(1e9);
    expect(take(99e9)).toBe('first.....');
    source.extend(10e9);
    expect(server.last.at).toEqual({ case: 'position', value: 1n });
    server.chunk(2e9, 2, 'second....third');
    expect(take(99e9)).toBe('second....third');
  });
});

describe('a running session', () => {
  it('is spliced by position: nothing is lost or shown twice', () => {
    const { server, source, told } = sourceOf();
    source.follow({ kind: 't', t: 7e9 });
    expect(server.last.follow).toBe(true);
    server.screen(7e9, 4);
    server.chunk(6e9, 4, 'known');
    server.chunk(6.5e9, 5, 'late but new');
    server.chunk(8e9, 6, 'live');
    server.chunk(6.5e9, 5, 'again');
    server.end(9e9, 6, 'closed');
    expect(told).toEqual([
      'resumed',
      'screen 4',
      'live late but new',
      'live live',
      'closed 9000000000',
    ]);
  });
});

describe('trouble', () => {
  it('of the server is told with its code', () => {
    const { server, source, told } = sourceOf();
    source.seek({ kind: 't', t: 0 }, 5e9);
    server.end(0, 0, 'failed', 'store-unavailable');
    expect(told).toEqual(['resumed', 'failed store-unavailable']);
  });

  it('of a frame that is none is told', () => {
    const { server, source, told } = sourceOf();
    source.seek({ kind: 't', t: 0 }, 5e9);
    server.bytes(new Uint8Array([255, 255, 255]));
    expect(told).toEqual(['resumed', `failed ${UNREADABLE_FRAME}`]);
  });
});
