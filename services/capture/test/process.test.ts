import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { encodeCopyData, encodeEmptyToServer, encodeQuery } from '@steno/wire-postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CapturedProcess } from './captured-process.js';
import { RawClient, letters } from './raw-client.js';
import { brokenCommitments } from './record.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const MIB = 1024 * 1024;
const SIZE = 256 * MIB;
const EXTRA_MAX = 150 * MIB;

let target: TestTarget;
let directory: string;
let capture: CapturedProcess;
beforeAll(async () => {
  target = await startTarget({
    settings: { max_wal_size: '2GB', wal_level: 'minimal', max_wal_senders: '0' },
  });
});
afterAll(() => target.remove());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-capture-log-'));
  capture = await CapturedProcess.start(directory, target.port);
});
afterEach(async () => {
  await capture.kill();
  await rm(directory, { recursive: true, force: true });
});

/** Reads until the target is ready again, keeping nothing; gives the bytes that came. */
function drained({ socket }: RawClient): Promise<number> {
  socket.removeAllListeners('data');
  let bytes = 0;
  let tail = Buffer.alloc(0);
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      tail = Buffer.concat([tail, chunk.subarray(-6)]).subarray(-6);
      if (tail.toString('latin1') === 'Z\0\0\0\x05I') resolve(bytes);
    });
  });
}

describe('the memory of a capture', () => {
  it('stays within bounds, however much passes', async () => {
    const warm = await RawClient.login(capture.login);
    await warm.ask(encodeQuery("create unlogged table big (v text); select repeat('x', 10000)"));
    warm.close();
    const before = await capture.peakMemory();
    const reader = await RawClient.login(capture.login);
    const small = `select repeat('x', 1000) from generate_series(1, ${SIZE / 2048})`;
    const large = `select repeat('x', ${MIB}) from generate_series(1, ${SIZE / 2 / MIB})`;
    reader.send(encodeQuery(`${small}; ${large}`));
    expect(await drained(reader)).toBeGreaterThan(SIZE * 0.9);
    reader.close();
    const writer = await RawClient.login(capture.login);
    writer.send(encodeQuery('copy big from stdin'));
    await writer.until('G');
    const line = encodeCopyData(Buffer.from(`${'y'.repeat(64 * 1024 - 1)}\n`));
    for (let sent = 0; sent < SIZE; sent += line.length) {
      if (!writer.socket.write(line)) await once(writer.socket, 'drain');
    }
    expect(letters(await writer.ask(encodeEmptyToServer('copyDone')))).toBe('CZ');
    writer.close();
    expect((await capture.peakMemory()) - before).toBeLessThan(EXTRA_MAX);
  });
});

describe('a capture that was killed', () => {
  it('finds its sessions when it starts again, and closes them as lost', async () => {
    const idle = await RawClient.login(capture.login);
    const working = await RawClient.login(capture.login);
    for (let n = 0; n < 20; n += 1) await idle.ask(encodeQuery(`select ${n}`));
    await working.ask(encodeQuery('select 1/0'));
    working.send(encodeQuery("select 'under way', pg_sleep(60)"));
    // Durable before it is forwarded, so that it is there once the target is seen to be at it.
    const looking = await RawClient.login(capture.login);
    const seen = encodeQuery("select 1 from pg_stat_activity where wait_event = 'PgSleep'");
    while (letters(await looking.ask(seen)) === 'TCZ');
    looking.close();
    await looking.rest();
    await capture.kill();
    const log = new EmbeddedLog({ directory, readOnly: false });
    const rig = await Rig.start({
      targets: [targetAt(target)],
      log,
      installation: capture.installation,
    });
    expect(rig.warnings).toEqual([]);
    const sessions = await rig.sessions('ci/child');
    const lost = sessions.filter(({ closed }) => closed.reason === 'process-lost');
    expect(await rig.capture.recovered).toBe(lost.length);
    expect(lost.length).toBeGreaterThanOrEqual(2);
    const [first, second] = lost;
    // All that was answered is there: `strict`.
    expect(first?.commands.map(({ text }) => text)).toEqual(
      Array.from({ length: 20 }, (_, n) => `select ${n}`),
    );
    expect(first?.closed.commands).toBe(20n);
    expect(second?.commands.map(({ text, response }) => [text, response?.status])).toEqual([
      ['select 1/0', 'error'],
      ["select 'under way', pg_sleep(60)", 'cut'],
    ]);
    expect(second?.closed).toMatchObject({ commands: 2n, errors: 1n });
    for (const record of sessions) {
      expect(brokenCommitments(record, capture.installation.key)).toEqual([]);
    }
    // And it goes on: nothing is found a second time.
    const next = await RawClient.login(await rig.login('ci/after'));
    await next.ask(encodeQuery('select 1'));
    next.close();
    expect((await rig.session('ci/after')).closed.reason).toBe('client-closed');
    expect(await log.unfinished()).toEqual([]);
    await rig.stop();
  });
});
