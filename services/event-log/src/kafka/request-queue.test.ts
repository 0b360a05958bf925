import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import './request-queue.js';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  checkPendingRequests(): void;
  sendSocketRequest: (request: unknown) => void;
}

const require = createRequire(import.meta.url);
const QueueClass = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue;

function makeQueue(): Queue {
  return new QueueClass({ logger: { debug: () => undefined } });
}

describe('the queue of a connection', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks for nothing while nothing waits', () => {
    makeQueue().checkPendingRequests();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends what waits when its broker takes it again, then asks no more', () => {
    const queue = makeQueue();
    const sent: unknown[] = [];
    queue.sendSocketRequest = (request) => void sent.push(request);
    queue.throttledUntil = Date.now() + 500;
    queue.pending.push('first', 'second');
    queue.checkPendingRequests();
    vi.advanceTimersByTime(400);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(sent).toEqual(['first', 'second']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
