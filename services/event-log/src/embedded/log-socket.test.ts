import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMITTER_LIMITS } from '../committer.js';
import { LogConflict, LogUnavailable } from '../port.js';
import { FrameReader, LogSocketClient, LogSocketServer, REQUEST_BYTES_MAX } from './log-socket.js';

let folder: string;
let path: string;
let appended: [Topic, string][];
let ends: (() => Promise<void> | void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-socket-'));
  path = join(folder, 'log.sock');
  appended = [];
  ends = [];
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true });
});

function take(topic: Topic, bytes: Buffer): Promise<void> {
  appended.push([topic, bytes.toString()]);
  return Promise.resolve();
}

async function serve(append: (topic: Topic, bytes: Buffer) => Promise<void> = take) {
  const server = new LogSocketServer(path, append);
  await server.listen();
  ends.push(() => server.close().catch(() => undefined)); // a test may have closed it
  return server;
}

function client(): LogSocketClient {
  const one = new LogSocketClient(path);
  ends.push(() => {
    one.close();
  });
  return one;
}

async function rawClient(): Promise<Socket> {
  const socket = connect(path);
  socket.setNoDelay(true);
  ends.push(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function batchOf(bytes: string | Buffer): EncodedBatch {
  const encoded = Buffer.from(bytes);
  return {
    bytes: encoded,
    records: 1,
    streams: ['s'],
    ends: [encoded.length],
    notes: { opened: [], closed: [] },
  };
}

/** A request for topic 0 (data), or any other frame. */
function frame(body: string | Buffer, code = 0): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(1 + Buffer.byteLength(body));
  return Buffer.concat([length, Buffer.of(code), Buffer.from(body)]);
}

describe('frames', () => {
  const bytes = Buffer.concat([frame('first'), frame(''), frame('x'.repeat(300)), frame('end')]);
  const whole = ['\0first', '\0', `\0${'x'.repeat(300)}`, '\0end'];

  function read(chunks: readonly Buffer[]): string[] {
    const reader = new FrameReader();
    return chunks.flatMap((chunk) => (reader.read(chunk) ?? []).map((part) => part.toString()));
  }

  it('come out the same however the stream is cut', () => {
    expect(read([bytes])).toEqual(whole);
    expect(read(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(whole);
    for (let at = 0; at <= bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (places) => {
        const sorted = [0, ...places.sort((a, b) => a - b), bytes.length];
        const chunks = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
        expect(read(chunks)).toEqual(whole);
      }),
    );
  });

  it('of no length, or of one over the limit, are none', () => {
    const length = (value: number): Buffer => {
      const header = Buffer.alloc(4);
      header.writeUInt32BE(value);
      return header;
    };
    for (const value of [0, REQUEST_BYTES_MAX + 1, 0xffffffff]) {
      expect(new FrameReader().read(length(value))).toBeUndefined();
    }
    expect(new FrameReader().read(length(REQUEST_BYTES_MAX))).toEqual([]);
  });
});

describe('the socket', () => {
  it('is for its owner alone, and lets no other file be made with its mask', async () => {
    const server = new LogSocketServer(path, take);
    ends.push(() => server.close());
    const listening = server.listen();
    mkdirSync(join(folder, 'beside'), { mode: 0o700 });
    await listening;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'beside')).mode & 0o777).toBe(0o700);
  });

  it('takes the place of what a dead owner left', async () => {
    writeFileSync(path, '');
    await serve();
    await client().append('control', batchOf('a'));
    expect(appended).toEqual([['control', 'a']]);
  });

  it('says why it cannot be made', async () => {
    path = join(folder, 'no', 'such', 'folder', 'log.sock');
    await expect(new LogSocketServer(path, take).listen()).rejects.toThrow(/ENOENT|EACCES/);
  });
});

describe('a server', () => {
  it('reads requests that come a byte at a time', async () => {
    await serve();
    const socket = await rawClient();
    const answers: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => answers.push(chunk));
    for (const byte of Buffer.concat([frame('one'), frame('two', 1)])) {
      await new Promise((sent) => socket.write(Buffer.of(byte), sent));
    }
    while (Buffer.concat(answers).length < 10) await once(socket, 'data');
    expect(Buffer.concat(answers)).toEqual(Buffer.concat([frame(''), frame('')]));
    expect(appended).toEqual([
      ['data', 'one'],
      ['control', 'two'],
    ]);
  });

  it('hangs up on whoever sends no frames, and on nobody else', async () => {
    await serve();
    const other = client();
    await other.append('data', batchOf('before'));
    const socket = await rawClient();
    const closed = once(socket, 'close');
    socket.write(Buffer.concat([frame('right'), Buffer.from([0xff, 0xff, 0xff, 0xff, 0])]));
    await closed;
    await other.append('data', batchOf('after'));
    expect(appended.map(([, text]) => text)).toEqual(['before', 'after']);
  });

  it('answers what names no topic', async () => {
    await serve();
    const socket = await rawClient();
    const answer = once(socket, 'data') as Promise<[Buffer]>;
    socket.write(frame('a', 200));
    expect((await answer)[0]).toEqual(frame('no such topic', 2));
    expect(appended).toEqual([]);
  });

  it('serves several clients, each in its own order', async () => {
    await serve(async (topic, bytes) => {
      // Some take longer than those that come after them.
      for (let turns = bytes.length % 2 ? 3 : 0; turns > 0; turns--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await take(topic, bytes);
    });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const of = (name: string): string[] =>
      Array.from({ length: 40 }, (_, n) => name + 'x'.repeat(n));
    const done = names.map((name) => {
      const one = client();
      return Promise.all(of(name).map((text) => one.append('activity', batchOf(text))));
    });
    await Promise.all(done);
    expect(appended).toHaveLength(200);
    for (const name of names) {
      const texts = appended.map(([, text]) => text).filter((text) => text.startsWith(name));
      expect(texts).toEqual(of(name));
    }
  });
});

describe('a client', () => {
  it('is told conflicts from failures, each for its own append', async () => {
    await serve((topic, bytes) => {
      const text = bytes.toString();
      if (text === 'fork') return Promise.reject(new LogConflict('another writer'));
      if (text === 'full') return Promise.reject(new LogUnavailable('no space'));
      if (text === 'bug') return Promise.reject(new TypeError('oops'));
      return take(topic, bytes);
    });
    const one = client();
    const told = await Promise.allSettled(
      ['a', 'fork', 'b', 'full', 'bug', 'c'].map((text) => one.append('data', batchOf(text))),
    );
    const reasons = told.map((end) => (end.status === 'rejected' ? (end.reason as Error) : null));
    expect(reasons.map((reason) => reason && [reason.name, reason.message])).toEqual([
      null,
      ['LogConflict', 'another writer'],
      null,
      ['LogUnavailable', 'no space'],
      ['LogUnavailable', 'oops'],
      null,
    ]);
    expect(appended.map(([, text]) => text)).toEqual(['a', 'b', 'c']);
  });

  it('knows nothing of an append whose owner died, and reaches the next owner', async () => {
    let began = (): void => undefined;
    const beginning = new Promise<void>((resolve) => (began = resolve));
    const first = await serve(() => {
      began();
      return new Promise(() => undefined);
    });
    const one = client();
    const lost = [one.append('data', batchOf('a')), one.append('data', batchOf('b'))];
    // The next append follows in the same turn in which the client learns that the owner is gone.
    const next = Promise.allSettled(lost).then(async (ends) => {
      await one.append('data', batchOf('c'));
      return ends;
    });
    await beginning;
    const second = new LogSocketServer(path, take);
    ends.push(() => second.close());
    const closing = first.close();
    await second.listen();
    await closing;
    for (const end of await next) {
      expect(end).toMatchObject({ status: 'rejected', reason: { name: 'LogUnavailable' } });
    }
    expect(appended).toEqual([['data', 'c']]);
  });

  it('says that there is no owner, until there is one', async () => {
    const one = client();
    await expect(one.append('data', batchOf('a'))).rejects.toThrow(LogUnavailable);
    await serve();
    await one.append('data', batchOf('b'));
    expect(appended).toEqual([['data', 'b']]);
  });

  it('keeps an append on a new connection when the old one is heard to close', async () => {
    const one = client();
    // Each failure is followed at once by another append; the close of the failed connection
    // comes later than its error, and must not take the next append with it.
    const failed = one.append('data', batchOf('a')).catch(async (error: unknown) => {
      expect(error).toBeInstanceOf(LogUnavailable);
      const server = new LogSocketServer(path, take);
      ends.push(() => server.close());
      const listening = server.listen();
      const second = one.append('data', batchOf('b'));
      await listening;
      return second;
    });
    await failed;
    expect(appended).toEqual([['data', 'b']]);
  });

  it('rejects what is open when it is closed', async () => {
    await serve(() => new Promise(() => undefined));
    const one = client();
    const open = one.append('data', batchOf('a'));
    one.close();
    await expect(open).rejects.toThrow('the client was closed');
  });

  it('takes no answer that is none for an answer', async () => {
    const server = await serve();
    await server.close();
    const liar = createServer((socket) => {
      socket.once('data', () => socket.write(Buffer.alloc(8)));
    });
    liar.listen(path);
    ends.push(() => void liar.close());
    await once(liar, 'listening');
    await expect(client().append('data', batchOf('a'))).rejects.toThrow('what is no answer');
  });

  it('sends all that a committer may gather while the owner is away, and no more', async () => {
    let size = 0;
    await serve((_, bytes) => {
      size = bytes.length;
      return Promise.resolve();
    });
    const one = client();
    const backlog = COMMITTER_LIMITS.pendingBytesMax + 64 * 1024;
    await one.append('activity', batchOf(Buffer.alloc(backlog)));
    expect(size).toBe(backlog);
    const tooLong = one.append('activity', batchOf(Buffer.alloc(REQUEST_BYTES_MAX)));
    await expect(tooLong).rejects.toThrow('too long to share');
    await one.append('activity', batchOf('still connected'));
    expect(size).toBe(15);
  });
});
