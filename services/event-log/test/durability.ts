import { createHash, randomInt } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { readBatch } from '@steno/sessions';
import { Committer } from '@steno/event-log';
import type { EventLog } from '@steno/event-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainReader } from './chain-reader.js';
import { TestProcess } from './child-process.js';
import { TestStream, closed, testOrigin } from './test-stream.js';

const MIB = 1024 * 1024;
const KILLS = 20;
/** Some forty processes are started, on whatever machine. */
const TIMEOUT_MS = 240_000;
const script = new URL('durability-child.ts', import.meta.url);

/** A way to commit, for this process and for those that are killed. */
export interface DurableLog {
  /** A module that exports `openLog` and `openReader`, as below. */
  readonly module: URL;
  openLog(directory: string): Promise<EventLog>;
  openReader(directory: string): Promise<EventLog>;
  /** Batches that wait are packed, and room comes back by itself as they are shipped. */
  readonly isSpooled: boolean;
}

/** What each way to commit must survive; the log stands in a directory of its own. */
export function eventLogDurability(name: string, durable: DurableLog): void {
  let folder: string;
  let directory: string;
  let running: TestProcess[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'steno-durable-'));
    directory = join(folder, 'log');
    running = [];
  });
  afterEach(async () => {
    for (const child of running) await child.kill();
    rmSync(folder, { recursive: true });
  });

  function prepare(mode: string, extra = '', fileBytesMax?: number): TestProcess {
    const args = [mode, durable.module.href, directory, extra];
    const child = new TestProcess(script, args, fileBytesMax);
    running.push(child);
    return child;
  }

  function start(mode: string, extra = '', fileBytesMax?: number): TestProcess {
    return prepare(mode, extra, fileBytesMax).go();
  }

  describe(`durability: ${name}`, () => {
    it(
      `has what it acknowledged after any of ${KILLS} kills, once and in its chain`,
      async () => {
        const chain = new ChainReader('data');
        let acknowledged = 0;
        let cutOff = 0;
        let next = prepare('write', '0');
        for (let round = 0; round < KILLS; round++) {
          const writer = next.go();
          next = prepare('write', String(round + 1));
          await writer.said('ack', randomInt(1, 80));
          await new Promise((resolve) => setTimeout(resolve, randomInt(0, 8)));
          await writer.kill();

          const log = await durable.openLog(directory);
          await chain.readOn(log);
          acknowledged += expectAcknowledged(writer, chain);
          cutOff += await expectUnfinished(log, chain);
          await closeAll(log, chain);
          expect(await log.unfinished()).toEqual([]);
          await chain.readOn(log);
          await log.close();
        }
        expect(acknowledged).toBeGreaterThan(KILLS);
        expect(cutOff, 'kills that left a session open').toBeGreaterThan(KILLS / 2);

        const again = new ChainReader('data');
        const log = await durable.openReader(directory);
        await again.readOn(log);
        await log.close();
        expect(again.streams).toEqual(chain.streams);
      },
      TIMEOUT_MS,
    );

    /** Fills the log until it refuses, gives it room, and sees it go on. */
    async function fillAndFree(writer: TestProcess, free: () => void): Promise<void> {
      await writer.said('refused');
      const full = new ChainReader('data');
      const reader = await durable.openReader(directory);
      // What was acknowledged comes to readers, at once or soon.
      const acknowledged = [...writer.lines];
      while (missing(acknowledged, full) !== undefined) await full.readOn(reader);
      await reader.close();
      expect(acknowledged.filter((line) => line.startsWith('ack ')).length).toBeGreaterThan(10);
      const before = writer.lines.length;
      free();
      await writer.said('written');
      writer.end();
      expect(await writer.ended, writer.stderr).toBe(0);
      const later = writer.lines.slice(before).filter((line) => line.startsWith('ack'));
      if (!durable.isSpooled) expect(later).not.toEqual([]);
      expect(writer.lines.at(-1)).toBe('done');

      const chain = new ChainReader('data');
      const log = await durable.openLog(directory);
      await chain.readOn(log);
      await log.close();
      expectAcknowledged(writer, chain);
    }

    it('refuses what it cannot keep, reads on, goes on when a file may grow again', async () => {
      // Not at the end of a page: a write comes short, as on a disk that gets full.
      const writer = start('fill', '', MIB + 100);
      await fillAndFree(writer, () => {
        writer.liftLimit();
      });
    });

    if (mountSmall(undefined)) {
      it('does the same on a disk that is full', async () => {
        mkdirSync(directory);
        mountSmall(directory);
        try {
          const ballast = join(directory, 'ballast');
          writeFileSync(ballast, Buffer.alloc(3 * MIB));
          await fillAndFree(start('fill'), () => {
            rmSync(ballast);
          });
        } finally {
          execFileSync('umount', ['--lazy', directory]);
        }
      });
    }

    if (durable.isSpooled) return;
    it(
      'shows each consumer every batch, killed or not, from a checkpoint of its own',
      async () => {
        const log = await durable.openLog(directory);
        const stream = new TestStream('session/consumed');
        const digests: string[] = [];
        const append = async (count: number): Promise<void> => {
          for (let done = 0; done < count; done++) {
            const batch = stream.batch(`batch ${digests.length}`);
            await log.append('data', batch);
            digests.push(createHash('sha256').update(batch.bytes).digest('hex'));
          }
        };
        await append(20);
        const steady = start('consume', join(folder, 'steady'));
        const runs: TestProcess[] = [];
        let next = prepare('consume', join(folder, 'killed'));
        for (let kills = 0; kills < 4; kills++) {
          const killed = next.go();
          next = prepare('consume', join(folder, 'killed'));
          runs.push(killed);
          await append(20);
          await killed.said('seen', randomInt(1, 20));
          await killed.kill();
        }
        const last = next.go();
        runs.push(last);
        await append(20);
        await steady.said('seen', digests.length);
        await last.said(`seen ${digests.length - 1} `);
        await log.close();

        expect(seenBy([steady])).toEqual(digests.map((digest, offset) => `${offset} ${digest}`));
        const seen = seenBy(runs);
        expect([...new Set(seen)].length).toBe(digests.length);
        expect(new Set(seen)).toEqual(new Set(seenBy([steady])));
        for (const run of runs) {
          const from = Number(run.lines[0]?.split(' ')[1]);
          const offsets = seenBy([run]).map((line) => Number(line.split(' ')[0]));
          expect(offsets).toEqual(offsets.map((_, index) => from + index));
        }
        expect(readFileSync(join(folder, 'killed'), 'utf8')).not.toBe('0');
      },
      TIMEOUT_MS,
    );
  });
}

function seenBy(children: readonly TestProcess[]): string[] {
  const lines = children.flatMap((child) => child.lines);
  return lines.filter((line) => line.startsWith('seen ')).map((line) => line.slice(5));
}

/** Each acknowledged event is at its place; the chain up to it was checked by the reader. */
function expectAcknowledged({ lines }: TestProcess, chain: ChainReader): number {
  expect(missing(lines, chain)).toBeUndefined();
  return lines.filter((line) => line.startsWith('ack ')).length;
}

/** The first line that says of an event that it is there, which is not. */
function missing(lines: readonly string[], chain: ChainReader): string | undefined {
  return lines.find((line) => {
    const [word, stream = '', position, hash] = line.split(' ');
    return word === 'ack' && chain.streams.get(stream)?.hashes[Number(position)] !== hash;
  });
}

/** The log knows the sessions that its own events say are open, and where they begin. */
async function expectUnfinished(log: EventLog, chain: ChainReader): Promise<number> {
  const found = await log.unfinished();
  expect(found.map(({ stream }) => stream).sort()).toEqual(chain.open().sort());
  for (const { stream, ...place } of found) {
    const [entry] = await log.read('data', place, 1);
    const records = readBatch(entry?.bytes ?? Buffer.alloc(0));
    if ('malformed' in records) throw new Error(records.malformed);
    const first = records.map(({ raw }) => fromBinary(EnvelopeSchema, raw));
    expect(first.find((envelope) => envelope.stream === stream)).toMatchObject({ position: 0n });
  }
  return found.length > 0 ? 1 : 0;
}

/** As a capture does that finds sessions of its dead predecessor. */
async function closeAll(log: EventLog, chain: ChainReader): Promise<void> {
  const committer = new Committer((batch) => log.append('data', batch));
  for (const name of chain.open()) {
    const stream = new TestStream(name, testOrigin('recovery'), chain.streams.get(name)?.head);
    committer.batch.noteClosed(name);
    stream.append(committer.batch, '', closed(stream.head.next));
  }
  await committer.strict(undefined);
}

/** A file system of 68 MiB, where this process may mount one; without a place it only tries. */
function mountSmall(directory: string | undefined): boolean {
  const place = directory ?? mkdtempSync(join(tmpdir(), 'steno-mount-'));
  try {
    const options = ['-t', 'tmpfs', '-o', 'size=68m', 'tmpfs', place];
    execFileSync('mount', options, { stdio: 'ignore' });
    if (directory === undefined) execFileSync('umount', [place]);
    return true;
  } catch {
    return false; // no Linux, or no right to mount
  } finally {
    if (directory === undefined) rmSync(place, { recursive: true });
  }
}
