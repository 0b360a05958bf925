import { describe, expect, it } from 'vitest';
import { FakeServer } from './fake-server.js';
import { ReplayLink } from '../src/replay-link.js';

describe('the link', () => {
  it('tries again, more and more slowly, and says so', () => {
    const server = new FakeServer();
    const link = new ReplayLink(server.open, server.timers);
    link.start();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      server.drop();
      expect(link.state.get()).toMatchObject({ phase: 'retrying', attempt });
      delays.push(server.waiting[0]?.milliseconds ?? 0);
      server.run();
      expect(link.state.get().phase).toBe('connecting');
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it('begins anew when something arrived', () => {
    const server = new FakeServer();
    const link = new ReplayLink(server.open, server.timers);
    link.start();
    server.drop();
    server.run();
    server.drop();
    server.run();
    server.connect();
    server.bytes(new Uint8Array());
    server.drop();
    expect(link.state.get()).toMatchObject({ phase: 'retrying', attempt: 1 });
  });

  it('asks again each time it is open, and hears the newest socket alone', () => {
    const server = new FakeServer();
    const link = new ReplayLink(server.open, server.timers);
    let opened = 0;
    const received: number[] = [];
    link.onOpen = () => (opened += 1);
    link.onBytes = (bytes) => received.push(bytes.length);
    link.start();
    server.connect();
    server.drop();
    server.run();
    server.connect();
    server.handlers[0]?.received(new Uint8Array(1));
    server.handlers[0]?.closed();
    server.handlers[1]?.received(new Uint8Array(2));
    expect(opened).toBe(2);
    expect(received).toEqual([2]);
    expect(link.state.get().phase).toBe('connected');
  });

  it('stops for good', () => {
    const server = new FakeServer();
    const link = new ReplayLink(server.open, server.timers);
    link.start();
    server.drop();
    link.stop();
    expect(server.waiting).toHaveLength(0);
    expect(link.state.get().phase).toBe('idle');
  });
});
