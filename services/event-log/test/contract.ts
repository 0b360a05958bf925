import { TOPICS } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog, LogEntry } from '@steno/event-log';

export function batchOf(text: string, notes: Partial<EncodedBatch['notes']> = {}): EncodedBatch {
  return {
    bytes: Buffer.from(text),
    records: 1,
    notes: { opened: notes.opened ?? [], closed: notes.closed ?? [] },
  };
}

const FIRST = { partition: 0, offset: 0 };

function texts(entries: readonly LogEntry[]): string[] {
  return entries.map((entry) => entry.bytes.toString());
}

/** What every adapter of the port must do; `reopen` opens the same log again after a close. */
export function eventLogContract(
  name: string,
  make: () => Promise<{ log: EventLog; reopen?: () => Promise<EventLog>; remove(): Promise<void> }>,
): void {
  describe(`event log contract: ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>;
    beforeEach(async () => {
      made = await make();
    });
    afterEach(async () => {
      await made.log.close();
      await made.remove();
    });

    it('keeps the order and the bytes of what was appended, topic by topic', async () => {
      const { log } = made;
      for (const text of ['a', 'b', 'c']) await log.append('data', batchOf(text));
      await log.append('control', batchOf('x'));
      const entries = await log.read('data', FIRST, 1024);
      expect(texts(entries)).toEqual(['a', 'b', 'c']);
      expect(texts(await log.read('control', FIRST, 1024))).toEqual(['x']);
      const offsets = entries.map((entry) => entry.offset);
      expect([...offsets].sort((a, b) => a - b)).toEqual(offsets);
    });

    it('keeps the order of appends that were not waited for', async () => {
      const { log } = made;
      const numbers = Array.from({ length: 200 }, (_, index) => String(index));
      await Promise.all(numbers.map((text) => log.append('data', batchOf(text))));
      expect(texts(await log.read('data', FIRST, 1024 * 1024))).toEqual(numbers);
    });

    it('reads at least one entry whatever its size, and from any offset', async () => {
      const { log } = made;
      for (const text of ['aaaa', 'bbbb', 'cccc']) await log.append('data', batchOf(text));
      const [first] = await log.read('data', FIRST, 1);
      expect(first?.bytes.toString()).toBe('aaaa');
      const from = { partition: 0, offset: (first?.offset ?? 0) + 1 };
      expect(texts(await log.read('data', from, 1024))).toEqual(['bbbb', 'cccc']);
    });

    it('is empty at first, and its end moves with each append', async () => {
      const { log } = made;
      for (const topic of TOPICS) expect(await log.read(topic, FIRST, 1024)).toEqual([]);
      const before = (await log.end('data')).get(0) ?? 0;
      await log.append('data', batchOf('a'));
      const after = (await log.end('data')).get(0) ?? 0;
      expect(after).toBeGreaterThan(before);
      expect(texts(await log.read('data', { partition: 0, offset: after }, 10))).toEqual([]);
    });

    it('serves several consumers, each from its own checkpoint, live', async () => {
      const { log } = made;
      await log.append('data', batchOf('a'));
      await log.append('data', batchOf('b'));
      const [, second] = await log.read('data', FIRST, 1024);
      const ends = [
        collect(log, new Map(), 4),
        collect(log, new Map([[0, second?.offset ?? 0]]), 3),
      ];
      await log.append('data', batchOf('c'));
      await log.append('data', batchOf('d'));
      expect(await Promise.all(ends)).toEqual([
        ['a', 'b', 'c', 'd'],
        ['b', 'c', 'd'],
      ]);
    });

    it('waits for a slow handler and rejects with what it throws', async () => {
      const { log } = made;
      for (const text of ['a', 'b']) await log.append('data', batchOf(text));
      let running = 0;
      const failing = log.subscribe(
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

    it('remembers sessions that were opened and not closed', async () => {
      const { log } = made;
      await log.append('data', batchOf('a', { opened: ['session/1', 'session/2'] }));
      await log.append('data', batchOf('b', { closed: ['session/1'], opened: ['session/3'] }));
      const found = await log.unfinished();
      expect(found.map(({ stream }) => stream).sort()).toEqual(['session/2', 'session/3']);
      const [entry] = await log.read('data', found[0] ?? FIRST, 1);
      expect(entry?.bytes.toString()).toBe(found[0]?.stream === 'session/2' ? 'a' : 'b');
    });

    it('holds everything after it was closed and opened again', async () => {
      if (made.reopen === undefined) return;
      await made.log.append('data', batchOf('a', { opened: ['session/1'] }));
      await made.log.close();
      made.log = await made.reopen();
      await made.log.append('data', batchOf('b'));
      expect(texts(await made.log.read('data', FIRST, 1024))).toEqual(['a', 'b']);
      expect(await made.log.unfinished()).toHaveLength(1);
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
      seen.push(...texts(entries));
      if (seen.length >= count) stop.abort();
      return Promise.resolve();
    },
    stop.signal,
  );
  return seen;
}
