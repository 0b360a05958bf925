import { TOPICS } from '@steno/proto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog, PartitionConsumer } from '@steno/event-log';
import { TestStream, sessionBatch, textsOf } from './test-stream.js';

const FIRST = { partition: 0, offset: 0 };

/** A log to be tried, and how to be rid of it. */
export interface LogUnderTest {
  readonly log: EventLog;
  /** Takes the batches of sessions where `log` does not: it belongs to another process. */
  readonly sessions?: EventLog;
  /** Opens the same log again after a close. */
  readonly reopen?: () => Promise<LogUnderTest>;
  remove(): Promise<void>;
}

/** What every adapter of the port must do. */
export function eventLogContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`event log contract: ${name}`, () => {
    let made: LogUnderTest;
    let stream: TestStream;
    beforeEach(async () => {
      made = await make();
      stream = new TestStream('activity/test-1/boot-1');
    });
    afterEach(async () => {
      await made.log.close();
      await made.remove();
    });

    async function append(...texts: readonly string[]): Promise<void> {
      for (const text of texts) await made.log.append('data', stream.batch(text));
    }

    it('keeps the order and the bytes of what was appended, topic by topic', async () => {
      const { log } = made;
      const batches = ['a', 'b', 'c'].map((text) => stream.batch(text));
      for (const batch of batches) await log.append('data', batch);
      await log.append('control', new TestStream('control/test-1/boot-1').batch('x'));
      const entries = await log.read('data', FIRST, 64 * 1024);
      expect(entries.map(({ bytes }) => bytes)).toEqual(batches.map(({ bytes }) => bytes));
      expect(textsOf(await log.read('control', FIRST, 1024))).toEqual(['x']);
      const offsets = entries.map(({ offset }) => offset);
      expect([...offsets].sort((a, b) => a - b)).toEqual(offsets);
      expect(new Set(offsets).size).toBe(3);
    });

    it('keeps the order of appends that were not waited for', async () => {
      const { log } = made;
      const numbers = Array.from({ length: 200 }, (_, index) => String(index));
      await Promise.all(numbers.map((text) => log.append('data', stream.batch(text))));
      expect(textsOf(await log.read('data', FIRST, 1024 * 1024))).toEqual(numbers);
    });

    it('commits what was appended before it is closed', async () => {
      if (made.reopen === undefined) return;
      const last = ['a', 'b', 'c'].map((text) => made.log.append('data', stream.batch(text)));
      const ends = Promise.allSettled(last);
      await made.log.close();
      const taken = (await ends).filter(({ status }) => status === 'fulfilled').length;
      made = await made.reopen();
      const found = textsOf(await made.log.read('data', FIRST, 64 * 1024));
      expect(found.slice(0, taken)).toEqual(['a', 'b', 'c'].slice(0, taken));
    });

    it('reads at least one entry whatever its size, and from any offset', async () => {
      await append('aaaa', 'bbbb', 'cccc');
      const one = await made.log.read('data', FIRST, 1);
      expect(textsOf(one)).toEqual(['aaaa']);
      const from = { partition: 0, offset: (one[0]?.offset ?? 0) + 1 };
      expect(textsOf(await made.log.read('data', from, 64 * 1024))).toEqual(['bbbb', 'cccc']);
    });

    it('reads about as many bytes as it was asked for', async () => {
      await append(...Array.from({ length: 20 }, () => 'x'.repeat(1_000)));
      const entries = await made.log.read('data', FIRST, 5_000);
      expect(entries.length).toBeGreaterThan(1);
      expect(entries.length).toBeLessThan(6);
    });

    it('holds batches of any size', async () => {
      const long = 'y'.repeat(3 * 1024 * 1024);
      await append('a', long, 'b');
      expect(await collect(made.log, new Map(), 3)).toEqual(['a', long, 'b']);
    });

    it('is empty at first, and its end moves with each append', async () => {
      const { log } = made;
      for (const topic of TOPICS) expect(await log.read(topic, FIRST, 1024)).toEqual([]);
      const before = (await log.end('data')).get(0) ?? 0;
      await append('a');
      const after = (await log.end('data')).get(0) ?? 0;
      expect(after).toBeGreaterThan(before);
      expect(await log.read('data', { partition: 0, offset: after }, 10)).toEqual([]);
      expect(await log.unfinished()).toEqual([]);
    });

    it('serves several consumers, each from its own checkpoint, live', async () => {
      await append('a', 'b');
      const [, second] = await made.log.read('data', FIRST, 64 * 1024);
      const ends = [
        collect(made.log, new Map(), 4),
        collect(made.log, new Map([[0, second?.offset ?? 0]]), 3),
      ];
      await append('c', 'd');
      expect(await Promise.all(ends)).toEqual([
        ['a', 'b', 'c', 'd'],
        ['b', 'c', 'd'],
      ]);
    });

    it('tells a consumer what is appended in the very turn in which it finds nothing', async () => {
      const found = collect(made.log, new Map(), 1);
      await append('a');
      expect(await found).toEqual(['a']);
    });

    it('shares a topic with those who name the same group, from where each says', async () => {
      const { log } = made;
      await append('a', 'b', 'c');
      const [, second] = await log.read('data', FIRST, 64 * 1024);
      const seen: string[] = [];
      const asked: number[] = [];
      const stop = new AbortController();
      const consumer: PartitionConsumer = {
        resume: (partition) => {
          asked.push(partition);
          return Promise.resolve(second?.offset ?? 0);
        },
        handle: (entries) => {
          seen.push(...textsOf(entries));
          if (seen.includes('d')) stop.abort();
          return Promise.resolve();
        },
      };
      const shared = log.share('data', 'readers', consumer, stop.signal);
      await append('d');
      await shared;
      expect(seen).toEqual(['b', 'c', 'd']);
      expect(new Set(asked)).toEqual(new Set([0]));
      const failing = log.share(
        'data',
        'others',
        { ...consumer, handle: () => Promise.reject(new Error('the consumer is broken')) },
        new AbortController().signal,
      );
      await expect(failing).rejects.toThrow('the consumer is broken');
    });

    it('waits for a slow handler and rejects with what it throws', async () => {
      await append('a', 'b');
      let running = 0;
      const failing = made.log.subscribe(
        'data',
        new Map(),
        async () => {
          running += 1;
          expect(running).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          throw new Error('the consumer is broken');
        },
        new AbortController().signal,
      );
      await expect(failing).rejects.toThrow('the consumer is broken');
    });

    it('lets a consumer go when it is told to, whatever it is about', async () => {
      const { log } = made;
      const never = (): Promise<void> => Promise.reject(new Error('nothing to handle'));
      await log.subscribe('data', new Map(), never, AbortSignal.abort());
      const atOnce = new AbortController();
      const first = log.subscribe('data', new Map(), never, atOnce.signal);
      atOnce.abort();
      await first;
      const later = new AbortController();
      const second = log.subscribe('data', new Map(), never, later.signal);
      await new Promise((resolve) => setImmediate(resolve));
      later.abort();
      await second;
    });

    it('remembers sessions that were opened and not closed', async () => {
      const { log, sessions = log } = made;
      await sessions.append('data', sessionBatch('a', { opened: ['session/1', 'session/2'] }));
      const both = { closed: ['session/1'], opened: ['session/3'] };
      await sessions.append('data', sessionBatch('b', both));
      const within = { opened: ['session/4'], closed: ['session/4'] };
      await sessions.append('data', sessionBatch('c', within));
      const found = await log.unfinished();
      expect(found.map(({ stream: name }) => name).sort()).toEqual(['session/2', 'session/3']);
      for (const { stream: name, partition, offset } of found) {
        const entries = await log.read('data', { partition, offset }, 1);
        expect(textsOf(entries)).toEqual([name === 'session/2' ? 'a' : 'b']);
      }
    });

    it('holds everything after it was closed and opened again', async () => {
      if (made.reopen === undefined) return;
      const { log, sessions = log } = made;
      await append('a');
      await sessions.append('data', sessionBatch('b', { opened: ['session/1'] }));
      await log.close();
      made = await made.reopen();
      await append('c');
      expect(textsOf(await made.log.read('data', FIRST, 64 * 1024))).toEqual(['a', 'b', 'c']);
      expect(await made.log.unfinished()).toMatchObject([{ stream: 'session/1' }]);
    });
  });
}

async function collect(
  log: EventLog,
  from: ReadonlyMap<number, number>,
  count: number,
): Promise<string[]> {
  const stop = new AbortController();
  const seen: string[] = [];
  await log.subscribe(
    'data',
    from,
    (entries) => {
      seen.push(...textsOf(entries));
      if (seen.length >= count) stop.abort();
      return Promise.resolve();
    },
    stop.signal,
  );
  return seen;
}
