import type { TimelineView } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { decode, FakeServer } from './fake-server.js';
import { ReplayController } from '../src/replay-controller.js';
import { ReplayLink } from '../src/replay-link.js';
import type { Moment } from '../src/replay-source.js';

const closed: TimelineView = {
  durationNs: 100e9,
  open: false,
  density: [],
  marks: [],
  marksLeftOut: 0,
  idle: [],
};

function replayOf(initial: Moment | 'live', timeline: TimelineView = closed) {
  const server = new FakeServer();
  let now = 0;
  const link = new ReplayLink(server.open, server.timers);
  const controller = new ReplayController(link, initial, () => now);
  const written: string[] = [];
  controller.attach({
    show: ({ position }) => written.push(`[${position}]`),
    write: (ansi) => written.push(decode(ansi)),
  });
  controller.start();
  server.connect();
  controller.setTimeline(timeline);
  /** Draws frames of 100 ms. */
  const watch = (seconds: number): void => {
    for (let frame = 0; frame < seconds * 10; frame += 1) {
      now += 100;
      controller.tick();
    }
  };
  return { server, controller, written, watch };
}

const start: Moment = { kind: 't', t: 0 };

describe('playing', () => {
  it('writes what is due, asks for more in time and stops at the end', () => {
    const { server, controller, written, watch } = replayOf(start, { ...closed, durationNs: 40e9 });
    server.screen(0, 0);
    server.chunk(2e9, 1);
    server.end(30e9, 1);
    controller.play();
    watch(1);
    expect(written).toEqual(['[0]']);
    watch(2);
    expect(written).toEqual(['[0]', '1;']);
    watch(15);
    expect(server.last).toMatchObject({ withoutScreen: true, until: 40_000_000_000n });
    server.chunk(39e9, 2);
    server.end(40e9, 2);
    watch(30);
    expect(written).toEqual(['[0]', '1;', '2;']);
    expect(controller.state.get()).toMatchObject({ playing: false, waiting: false });
    expect(controller.time.get().t).toBe(40e9);
  });

  it('waits for what has not come', () => {
    const { server, controller, watch } = replayOf(start);
    controller.play();
    watch(3);
    expect(controller.time.get().t).toBe(0);
    expect(controller.state.get().waiting).toBe(true);
    server.screen(0, 0);
    server.end(30e9, 0);
    watch(1);
    expect(controller.time.get().t).toBe(1e9);
  });

  it('starts over at the end', () => {
    const { server, controller } = replayOf({ kind: 't', t: 100e9 });
    server.screen(100e9, 9);
    controller.play();
    expect(server.last.at).toEqual({ case: 't', value: 0n });
  });
});

describe('jumping', () => {
  it('sends one at a time and always the last', () => {
    const { server, controller, written } = replayOf(start);
    server.screen(0, 0);
    for (const t of [10e9, 20e9, 30e9, 40e9]) controller.seek({ kind: 't', t });
    expect(server.seeks).toHaveLength(2);
    server.screen(10e9, 1);
    expect(server.seeks).toHaveLength(3);
    expect(server.last.at).toEqual({ case: 't', value: 40_000_000_000n });
    server.screen(40e9, 4);
    expect(written).toEqual(['[0]', '[1]', '[4]']);
    expect(controller.time.get()).toEqual({ t: 40e9, position: 4 });
  });

  it('stays within the session', () => {
    const { controller } = replayOf(start);
    controller.seekBy(-5e9);
    expect(controller.time.get().t).toBe(0);
    controller.seekToShare(2);
    expect(controller.time.get().t).toBe(100e9);
  });

  it('to a position takes its time from the answer', () => {
    const { server, controller } = replayOf({ kind: 'position', position: 7 });
    expect(server.last.at).toEqual({ case: 'position', value: 7n });
    server.screen(33e9, 7);
    expect(controller.time.get()).toEqual({ t: 33e9, position: 7 });
    expect(controller.moment()).toEqual({ kind: 'position', position: 7 });
  });

  it('from command to command', () => {
    const { server, controller } = replayOf(start);
    server.screen(0, 0);
    const stops = [2, 4, 6].map((position) => ({ position, t: position * 1e9 }));
    controller.setStops(stops);
    const visited: unknown[] = [];
    const visit = (go: () => void): void => {
      const before = server.seeks.length;
      go();
      if (server.seeks.length === before) {
        visited.push(undefined);
        return;
      }
      const position = Number(server.last.at.value);
      visited.push(position);
      server.screen(position * 1e9, position);
    };
    const { previousStop, nextStop } = {
      previousStop: () => controller.previousStop(),
      nextStop: () => controller.nextStop(),
    };
    for (const go of [nextStop, nextStop, nextStop, nextStop, previousStop, previousStop])
      visit(go);
    expect(visited).toEqual([2, 4, 6, undefined, 4, 2]);
  });
});

describe('a running session', () => {
  const open: TimelineView = { ...closed, durationNs: 10e9, open: true };

  it('is followed, and its end moves on with the clock', () => {
    const { server, controller, written, watch } = replayOf('live', open);
    expect(server.last).toMatchObject({ follow: true });
    server.screen(10e9, 5);
    server.chunk(11e9, 6);
    watch(3);
    expect(written).toEqual(['[5]', '6;']);
    expect(controller.state.get()).toMatchObject({ live: true, duration: 13e9 });
    expect(controller.time.get().t).toBe(13e9);
  });

  it('can be looked back at, and joined again', () => {
    const { server, controller } = replayOf('live', open);
    server.screen(10e9, 5);
    controller.seekBy(-4e9);
    expect(controller.state.get()).toMatchObject({ live: false, playing: true });
    expect(server.last).toMatchObject({ follow: false });
    controller.goLive();
    expect(server.last).toMatchObject({ follow: true });
    expect(controller.state.get()).toMatchObject({ live: true, playing: false });
  });

  it('stands at the start until it is known how far the session has got', () => {
    const server = new FakeServer();
    const link = new ReplayLink(server.open, server.timers);
    const controller = new ReplayController(link, 'live', () => 0);
    controller.start();
    controller.tick();
    expect(controller.time.get().t).toBe(0);
    controller.setTimeline(open);
    controller.tick();
    expect(controller.time.get().t).toBe(open.durationNs);
  });

  it('is live again when the replay has caught up', () => {
    const { server, controller, watch } = replayOf({ kind: 't', t: 0 }, open);
    server.screen(0, 0);
    server.end(10e9, 0);
    controller.setSpeed(16);
    controller.setSkipIdle(false);
    controller.play();
    watch(1);
    expect(controller.state.get()).toMatchObject({ live: true });
  });

  it('stands still when it is paused: what comes then is not shown', () => {
    const { server, controller, written } = replayOf('live', open);
    server.screen(10e9, 5);
    const { request } = server.last;
    controller.pause();
    server.chunk(11e9, 6, 'later', request);
    expect(server.last.at).toEqual({ case: 'position', value: 5n });
    expect(written).toEqual(['[5]']);
  });

  it('ends', () => {
    const { server, controller } = replayOf('live', open);
    let ended = 0;
    controller.onClosed = () => (ended += 1);
    server.screen(10e9, 5);
    server.end(12e9, 6, 'closed');
    expect(ended).toBe(1);
    expect(controller.state.get()).toMatchObject({ live: false, open: false, duration: 12e9 });
  });
});

describe('a lost connection', () => {
  it('goes on where it was', () => {
    const { server, controller, watch } = replayOf(start);
    server.screen(0, 0);
    server.end(30e9, 0);
    controller.play();
    watch(4);
    server.drop();
    expect(controller.link.state.get().phase).toBe('retrying');
    server.run();
    server.connect();
    expect(server.last.at).toEqual({ case: 't', value: 3_900_000_000n });
    server.screen(3.9e9, 2);
    server.end(30e9, 2);
    watch(1);
    expect(controller.time.get()).toEqual({ t: 4.9e9, position: 2 });
  });

  it('asks for the jump that nobody answered', () => {
    const { server, controller } = replayOf(start);
    server.screen(0, 0);
    controller.seek({ kind: 't', t: 50e9 });
    server.drop();
    controller.seek({ kind: 't', t: 60e9 });
    server.run();
    server.connect();
    expect(server.last.at).toEqual({ case: 't', value: 60_000_000_000n });
  });
});

it('a failure is told, and tried again on demand', () => {
  const { server, controller } = replayOf(start);
  server.end(0, 0, 'failed', 'store-unavailable');
  expect(controller.state.get()).toMatchObject({ failure: 'store-unavailable', waiting: false });
  controller.retry();
  expect(controller.state.get().failure).toBeNull();
  expect(server.seeks).toHaveLength(2);
});

it('marks that come with the frames are each known once', () => {
  const { server, controller } = replayOf('live', { ...closed, open: true });
  const mark = { t: 1n, lane: 'command', position: 4n, label: 'select 1' };
  server.send({ case: 'mark', value: mark });
  server.send({ case: 'mark', value: mark });
  controller.tick();
  expect(controller.marks.get()).toEqual([
    { t: 1, lane: 'command', position: 4, label: 'select 1' },
  ]);
});
