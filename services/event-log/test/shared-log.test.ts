import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Committer, LogConflict, LogUnavailable } from '@steno/event-log';
import type { EventLog } from '@steno/event-log';
import { EmbeddedLog, SharedEmbeddedLog, serveEmbeddedLog } from '@steno/event-log/embedded';
import { TOPICS } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainReader } from './chain-reader.js';
import { TestProcess } from './child-process.js';
import { TestStream, sessionBatch, testOrigin, textsOf } from './test-stream.js';

const FIRST = { partition: 0, offset: 0 };
const KILLS = 3;
const STREAM = 'activity/api-1/boot-1';

let directory: string;
let socketPath: string;
let ends: (() => Promise<unknown>)[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'steno-shared-'));
  socketPath = join(directory, 'log.sock');
  ends = [];
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(directory, { recursive: true });
});

/** An owner in this process; what is returned ends it. */
async function own(): Promise<() => Promise<void>> {
  const owner = new EmbeddedLog({ directory, readOnly: false });
  const server = await serveEmbeddedLog(owner, socketPath);
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => (ended ??= server.close().then(() => owner.close()));
  ends.push(end);
  return end;
}

function share(): SharedEmbeddedLog {
  const log = new SharedEmbeddedLog({ directory, socketPath });
  ends.push(() => log.close());
  return log;
}

/** As a committer does: the same bytes again, until it is known that they are there. */
async function insist(log: EventLog, batch: EncodedBatch): Promise<void> {
  for (;;) {
    try {
      await log.append('activity', batch);
      return;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
}

describe('a log that its owner shares', () => {
  it('takes up the streams of others where they were when its owner started anew', async () => {
    const stream = new TestStream(STREAM);
    const endFirst = await own();
    const log = share();
    for (const text of ['a', 'b']) await log.append('activity', stream.batch(text));
    await endFirst();
    await own();
    await insist(log, stream.batch('c', 'd'));
    expect(textsOf(await log.read('activity', FIRST, 64 * 1024))).toEqual(['a', 'b', 'c', 'd']);
    const fork = new TestStream(STREAM).batch('x');
    await expect(log.append('activity', fork)).rejects.toThrow(LogConflict);
  });

  it('keeps once what its sender sends again because it got no answer', async () => {
    const stream = new TestStream(STREAM);
    const batch = stream.batch('a', 'b', 'c');
    const endFirst = await own();
    const log = share();
    const request = Buffer.concat([Buffer.alloc(4), Buffer.of(TOPICS.indexOf('activity'))]);
    request.writeUInt32BE(1 + batch.bytes.length);
    const socket = connect(socketPath);
    socket.write(Buffer.concat([request, batch.bytes]));
    await once(socket, 'data'); // appended; the sender dies before it looks
    socket.destroy();
    await log.append('activity', batch);
    await endFirst();
    await own();
    await insist(log, batch);
    await log.append('activity', stream.batch('d'));
    expect(textsOf(await log.read('activity', FIRST, 64 * 1024))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps each stream in order, whoever else appends', async () => {
    await own();
    const streams = ['api-1', 'worker-1', 'api-2'].map(
      (name) => new TestStream(`activity/${name}`),
    );
    await Promise.all(
      streams.map(async (stream) => {
        const log = share();
        for (let count = 0; count < 30; count++) {
          await log.append('activity', stream.batch(...Array<string>(1 + (count % 3)).fill('x')));
        }
      }),
    );
    const chain = new ChainReader('activity');
    await chain.readOn(share());
    for (const { name, head } of streams) expect(chain.streams.get(name)?.head).toEqual(head);
  });

  it('takes neither sessions nor what is no batch, and stays of use', async () => {
    await own();
    const log = share();
    const stream = new TestStream(STREAM);
    const session = sessionBatch('a', { opened: ['session/a'] });
    await expect(log.append('data', session)).rejects.toThrow(LogConflict);
    const garbage = { ...session, bytes: Buffer.from('no batch') };
    await expect(log.append('data', garbage)).rejects.toThrow(LogConflict);
    await log.append('data', stream.batch('b'));
    expect(textsOf(await log.read('data', FIRST, 64 * 1024))).toEqual(['b']);
    expect(await log.unfinished()).toEqual([]);
  });

  it(`has each event once, and no hole, after ${KILLS} kills of its owner`, async () => {
    const script = new URL('shared-owner.ts', import.meta.url);
    const prepare = (): TestProcess => {
      const owner = new TestProcess(script, [directory, socketPath]);
      ends.push(() => owner.kill());
      return owner;
    };
    let owner = prepare().go();
    await owner.said('serving');
    const log = share();
    const committer = new Committer((batch) => log.append('activity', batch), {
      windowMs: 1,
      slackMs: 60_000,
      pendingBytesMax: 1024 * 1024,
      retryMs: 10,
    });
    const stream = new TestStream(STREAM, testOrigin('boot-1'));
    let kills = 0;
    let refused = 0;
    const recorded = new Map<number, string>();
    const write = async (): Promise<void> => {
      while (kills < KILLS) {
        stream.append(committer.batch, 'x'.repeat(randomInt(200)));
        const { next, hash } = stream.head;
        await committer.strict(undefined).then(
          () => recorded.set(next - 1, hash),
          () => (refused += 1),
        );
        // Refused ones are asked again at once: the next retry decides.
        await new Promise((resolve) => setImmediate(resolve));
        if (committer.failure !== undefined) await new Promise((done) => setTimeout(done, 5));
      }
    };
    const writing = Promise.all([write(), write(), write()]);
    while (kills < KILLS) {
      const next = prepare();
      const before = recorded.size;
      while (recorded.size < before + randomInt(5, 60)) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await owner.kill();
      owner = next.go();
      await owner.said('serving');
      kills += 1;
    }
    await writing;
    while (committer.pendingBytes > 0) await committer.drain().catch(() => undefined);
    committer.stop();

    const chain = new ChainReader('activity');
    await chain.readOn(log);
    expect(chain.streams.get(STREAM)?.head).toEqual(stream.head);
    expect(chain.repeats).toBe(0);
    expect(refused, 'appends that a kill cut off').toBeGreaterThan(0);
    for (const [position, hash] of recorded) {
      expect(chain.streams.get(STREAM)?.hashes[position]).toBe(hash);
    }
  }, 120_000);
});
