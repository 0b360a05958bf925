import { setTimeout as delay } from 'node:timers/promises';
import { readBatch } from '@steno/sessions';
import type { EncodedBatch } from '@steno/sessions';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Committer } from './committer.js';
import type { CommitterLimits } from './committer.js';
import { LogUnavailable } from './port.js';

const LIMITS: CommitterLimits = {
  windowMs: 5,
  slackMs: 60_000,
  pendingBytesMax: 1_000,
  retryMs: 5,
};

interface Commit {
  readonly texts: readonly string[];
  readonly batch: EncodedBatch;
  succeed(): void;
  fail(error?: Error): void;
}

/** A log whose every commit waits for the test to say how it ends. */
class HeldLog {
  readonly commits: Commit[] = [];
  inFlight = 0;
  mostInFlight = 0;
  private taken = 0;
  private wake: (() => void) | undefined;

  append(batch: EncodedBatch): Promise<void> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    return new Promise<void>((resolve, reject) => {
      const end = (done: () => void) => (): void => {
        this.inFlight -= 1;
        done();
      };
      this.commits.push({
        texts: textsOf(batch),
        batch,
        succeed: end(resolve),
        fail: (error = new LogUnavailable('no space')) => {
          end(() => {
            reject(error);
          })();
        },
      });
      this.wake?.();
    });
  }

  /** The next commit that the test has not seen yet. */
  async next(): Promise<Commit> {
    while (this.commits.length <= this.taken) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const commit = this.commits[this.taken];
    this.taken += 1;
    if (commit === undefined) throw new Error('no commit');
    return commit;
  }
}

function textsOf(batch: EncodedBatch): string[] {
  const records = readBatch(batch.bytes);
  if ('malformed' in records) throw new Error(records.malformed);
  return records.map(({ raw }) => Buffer.from(raw).toString());
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let log: HeldLog;
let committer: Committer;

function start(limits: Partial<CommitterLimits> = {}): void {
  log = new HeldLog();
  committer = new Committer((batch) => log.append(batch), { ...LIMITS, ...limits });
}

function write(text: string): string {
  committer.batch.event('s', Buffer.from(text), []);
  return text;
}

afterEach(() => {
  committer.stop();
});

describe('a strict commit', () => {
  it('is shared by all who wait in one turn, and is there before any goes on', async () => {
    start();
    const names = Array.from({ length: 100 }, (_, index) => `event ${index}`);
    let resolved = 0;
    const waiting = names.map(async (name) => {
      const committed = await committer.strict(write(name));
      resolved += 1;
      return committed;
    });
    const commit = await log.next();
    expect(commit.texts).toEqual(names);
    await turn();
    expect(resolved).toBe(0);
    commit.succeed();
    expect(await Promise.all(waiting)).toEqual(names);
    expect(log.commits).toHaveLength(1);
  });

  it('leaves what comes meanwhile to the next one, one at a time', async () => {
    start();
    const first = committer.strict(write('a'));
    const one = await log.next();
    const later = [committer.strict(write('b')), committer.strict(write('c'))];
    await turn();
    expect(log.commits).toHaveLength(1);
    one.succeed();
    await first;
    const two = await log.next();
    expect(two.texts).toEqual(['b', 'c']);
    two.succeed();
    await Promise.all(later);
    expect(log.mostInFlight).toBe(1);
  });

  it('carries the notes of its batch, and none of another', async () => {
    start();
    committer.batch.noteOpened('session/1');
    const first = committer.strict(write('a'));
    const one = await log.next();
    committer.batch.noteClosed('session/1');
    const second = committer.strict(write('b'));
    one.succeed();
    const two = await log.next();
    two.succeed();
    await Promise.all([first, second]);
    expect(one.batch.notes).toEqual({ opened: ['session/1'], closed: [] });
    expect(two.batch.notes).toEqual({ opened: [], closed: ['session/1'] });
  });

  it('has nothing to wait for when nothing was written', async () => {
    start();
    expect(await committer.strict('nothing')).toBe('nothing');
    expect(log.commits).toHaveLength(0);
  });
});

describe('a commit that failed', () => {
  it('refuses who waited and, at once, who comes; nothing newer goes first', async () => {
    start();
    const waited = [committer.strict(write('a')), committer.strict(write('b'))];
    const refused = expect(Promise.all(waited)).rejects.toThrow(LogUnavailable);
    const first = await log.next();
    const meanwhile = expect(committer.strict(write('c'))).rejects.toThrow('no space');
    first.fail();
    await refused;
    await meanwhile;
    expect(committer.failure).toBeInstanceOf(LogUnavailable);

    const retry = await log.next();
    await expect(committer.strict(write('d'))).rejects.toThrow('no space');
    expect(retry.batch.bytes.equals(first.batch.bytes)).toBe(true);
    retry.fail();
    const again = await log.next();
    expect(again.batch.bytes.equals(first.batch.bytes)).toBe(true);
    again.succeed();
    const newer = await log.next();
    expect(newer.texts).toEqual(['c', 'd']);
    expect(log.mostInFlight).toBe(1);
    newer.succeed();
    await turn();
    expect(committer.failure).toBeUndefined();

    const after = committer.strict(write('e'));
    (await log.next()).succeed();
    expect(await after).toBe('e');
  });

  it('keeps the notes for the retry', async () => {
    start();
    committer.batch.noteOpened('session/1');
    const refused = expect(committer.strict(write('a'))).rejects.toThrow();
    (await log.next()).fail();
    await refused;
    const retry = await log.next();
    expect(retry.batch.notes.opened).toEqual(['session/1']);
    retry.succeed();
  });

  it('is told as LogUnavailable whatever was thrown', async () => {
    start();
    const cause = new Error('the disk is on fire');
    const refused = committer.strict(write('a'));
    const caught = refused.catch((error: unknown) => error);
    (await log.next()).fail(cause);
    expect(await caught).toMatchObject({ name: 'LogUnavailable', cause });
  });
});

describe('a fast commit', () => {
  it('is granted at once and made behind, without anybody waiting', async () => {
    start();
    expect(committer.fast(write('a'))).toBe('a');
    expect(committer.fast(write('b'))).toBe('b');
    committer.behind();
    expect(log.commits).toHaveLength(0);
    const commit = await log.next();
    expect(commit.texts).toEqual(['a', 'b']);
    commit.succeed();
    await turn();
    expect(committer.pendingBytes).toBe(0);
  });

  it('is granted only while the window has room, counting what is under way', async () => {
    start();
    expect(committer.fast(write('x'.repeat(600)))).toBeDefined();
    const first = await log.next();
    expect(committer.pendingBytes).toBeGreaterThan(600);
    expect(committer.fast(write('y'.repeat(600)))).toBeUndefined();
    const waited = committer.strict('y');
    first.succeed();
    (await log.next()).succeed();
    expect(await waited).toBe('y');
    expect(committer.fast(write('z'))).toBe('z');
    (await log.next()).succeed();
  });

  it('has no room while a commit takes longer than it may', async () => {
    start({ slackMs: 0 });
    committer.fast(write('a'));
    const slow = await log.next();
    // Longer than windows last.
    await expect.poll(() => committer.fast('b')).toBeUndefined();
    const waited = committer.strict(write('b'));
    slow.succeed();
    (await log.next()).succeed();
    expect(await waited).toBe('b');
    expect(committer.fast(write('c'))).toBe('c');
    (await log.next()).succeed();
  });

  it('commits what came while it had no room, though nobody waits for it', async () => {
    start({ slackMs: 0 });
    committer.fast(write('a'));
    const slow = await log.next();
    await expect.poll(() => committer.fast('b')).toBeUndefined();
    committer.behind();
    write('last words');
    expect(committer.behind()).toBe(false);
    slow.succeed();
    const next = await log.next();
    expect(next.texts).toEqual(['last words']);
    next.succeed();
  });

  it('waits for the end of its window, though a commit before it ends sooner', async () => {
    start({ windowMs: 60_000 });
    const waited = committer.strict(write('a'));
    const first = await log.next();
    committer.fast(write('b'));
    first.succeed();
    await waited;
    await turn();
    expect(log.commits).toHaveLength(1);
    expect(committer.pendingBytes).toBeGreaterThan(0);
  });

  it('follows at once where its window ended while a commit was under way', async () => {
    start();
    committer.fast(write('a'));
    const first = await log.next();
    committer.fast(write('b'));
    // Timers end in order: this one after the window of b.
    await delay(2 * LIMITS.windowMs);
    expect(log.commits).toHaveLength(1);
    first.succeed();
    const second = await log.next();
    expect(second.texts).toEqual(['b']);
    second.succeed();
  });

  it('gathers no more than its window while the log is away', async () => {
    start({ retryMs: 60_000 });
    committer.fast(write('a'));
    (await log.next()).fail();
    await turn();
    let granted = 0;
    while (granted < 1_000 && committer.fast(write('0123456789')) !== undefined) granted += 1;
    expect(granted).toBeGreaterThan(10);
    expect(committer.pendingBytes).toBeLessThan(LIMITS.pendingBytesMax + 100);
    await expect(committer.strict('more')).rejects.toThrow(LogUnavailable);
  });
});

describe('draining', () => {
  it('commits what is there and what comes meanwhile', async () => {
    start();
    committer.fast(write('a'));
    const drained = committer.drain();
    const first = await log.next();
    write('b');
    first.succeed();
    const second = await log.next();
    expect([first.texts, second.texts]).toEqual([['a'], ['b']]);
    second.succeed();
    await drained;
    expect(committer.pendingBytes).toBe(0);
    await committer.drain();
    expect(log.commits).toHaveLength(2);
  });

  it('tries what failed once more, and says when that fails too', async () => {
    start({ retryMs: 60_000 });
    committer.fast(write('a'));
    (await log.next()).fail();
    await turn();
    const refused = expect(committer.drain()).rejects.toThrow('still no space');
    (await log.next()).fail(new LogUnavailable('still no space'));
    await refused;
    write('b');
    const drained = committer.drain();
    const retry = await log.next();
    expect(retry.texts).toEqual(['a']);
    retry.succeed();
    (await log.next()).succeed();
    await drained;
    expect(log.commits.at(-1)?.texts).toEqual(['b']);
  });
});

describe('over any order of failures', () => {
  const step = fc.record({
    events: fc.integer({ min: 0, max: 3 }),
    mode: fc.constantFrom('strict', 'fast', 'behind'),
    turns: fc.integer({ min: 0, max: 2 }),
  });
  // A commit that failed may have reached the log all the same.
  const outcomes = fc.array(fc.constantFrom('taken', 'lost', 'taken but not told'), {
    maxLength: 12,
  });

  it('leaves no hole, changes no order, and loses nothing that was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), outcomes, async (steps, ends) => {
        const stored: string[] = [];
        const acknowledged: string[] = [];
        let written = 0;
        let left = [...ends];
        const one = new Committer(
          async (batch) => {
            await turn();
            const [outcome = 'taken', ...rest] = left;
            left = rest;
            if (outcome !== 'lost') stored.push(...textsOf(batch));
            if (outcome !== 'taken') throw new LogUnavailable(outcome);
          },
          { ...LIMITS, windowMs: 0, pendingBytesMax: 100, retryMs: 0 },
        );
        for (const { events, mode, turns } of steps) {
          const mine: string[] = [];
          for (let count = 0; count < events; count++) {
            mine.push(String(written));
            one.batch.event('s', Buffer.from(String(written)), []);
            written += 1;
          }
          if (mode === 'strict') {
            one.strict(mine).then(
              (events) => acknowledged.push(...events),
              () => undefined, // refused: it may be recorded, and nobody relies on it
            );
          } else if (mode === 'fast') one.fast(mine);
          else one.behind();
          for (let count = 0; count < turns; count++) await turn();
        }
        left = [];
        while (one.pendingBytes > 0) await one.drain().catch(turn);
        one.stop();
        expect(withoutRepeats(stored)).toEqual(Array.from({ length: written }, (_, n) => `${n}`));
        expect(stored).toEqual(expect.arrayContaining(acknowledged));
      }),
      { numRuns: 150 },
    );
  });
});

/** What a reader takes: an event that it has seen is dropped, one that is ahead would be a hole. */
function withoutRepeats(stored: readonly string[]): string[] {
  const seen: string[] = [];
  for (const text of stored) if (Number(text) >= seen.length) seen.push(text);
  return seen;
}
