import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Committer, LogUnavailable } from '@steno/event-log';
import type { EventLog } from '@steno/event-log';
import { ChainReader } from './chain-reader.js';
import { TestStream, closed, opened, submitted, testOrigin } from './test-stream.js';

// node … durability-child.ts MODE OPENER DIRECTORY …: what durability.ts starts, and kills.

interface Opener {
  readonly openLog: (directory: string) => Promise<EventLog>;
  readonly openReader: (directory: string) => Promise<EventLog>;
}

const [mode = '', module = '', directory = '', extra = ''] = process.argv.slice(2);
const opener = (await import(module)) as Opener;
// Starting takes longer than what is tried: it is done while another one is tried.
await once(process.stdin, 'data');
process.stdin.destroy();

/** Written at once: what was said survives the kill that follows. */
function say(...words: readonly (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}

function acknowledge({ name, head }: TestStream): void {
  say('ack', name, head.next - 1, head.hash);
}

/** Sessions of this round, several at a time, without end. */
async function write(): Promise<void> {
  const log = await opener.openLog(directory);
  const committer = new Committer((batch) => log.append('data', batch));
  const origin = testOrigin(`round-${extra}`);
  const session = async (name: string): Promise<void> => {
    const stream = new TestStream(name, origin);
    committer.batch.noteOpened(name);
    stream.append(committer.batch, 'key', opened());
    await committer.strict(name);
    acknowledge(stream);
    for (let count = 0; count < 4; count++) {
      stream.append(committer.batch, 'x'.repeat(500 * count * count), submitted());
      if (count === 2) committer.fast(name);
      else {
        await committer.strict(name);
        acknowledge(stream);
      }
    }
    committer.batch.noteClosed(name);
    stream.append(committer.batch, '', closed(stream.head.next));
    await committer.strict(name);
    acknowledge(stream);
  };
  const one = async (worker: number): Promise<void> => {
    for (let count = 0; ; count++) await session(`session/${extra}-${worker}-${count}`);
  };
  await Promise.all([0, 1, 2].map(one));
}

/** One stream until the log has no room, has room again, and a little longer; ends at SIGTERM. */
async function fill(): Promise<void> {
  const told = once(process, 'SIGTERM');
  const staying = setInterval(() => undefined, 1000); // a signal is nothing that is waited for
  const log = await opener.openLog(directory);
  const committer = new Committer((batch) => log.append('data', batch), {
    windowMs: 5,
    slackMs: 60_000,
    pendingBytesMax: 1024 * 1024,
    retryMs: 10,
  });
  const stream = new TestStream('session/fill', testOrigin('fill'));
  let refused = 0;
  for (let left = 20; left > 0;) {
    const wasRefused = committer.failure !== undefined;
    if (!wasRefused) stream.append(committer.batch, 'x'.repeat(20_000), submitted());
    try {
      await committer.strict(undefined);
      acknowledge(stream);
      if (refused > 0) left -= 1;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      refused += 1;
      if (!wasRefused) say('refused', error.message);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  await committer.drain();
  committer.stop();
  say('written');
  await told; // a spool goes on being shipped
  clearInterval(staying);
  await log.close();
  say('done');
}

/** Handles batches in order; its checkpoint is a file of its own. */
async function consume(): Promise<void> {
  const log = await opener.openReader(directory);
  const from = existsSync(extra) ? Number(readFileSync(extra, 'utf8')) : 0;
  say('from', from);
  await log.subscribe(
    'data',
    new Map([[0, from]]),
    async (entries) => {
      for (const { offset, bytes } of entries) {
        say('seen', offset, createHash('sha256').update(bytes).digest('hex'));
        await new Promise((resolve) => setImmediate(resolve));
        writeFileSync(`${extra}.new`, String(offset + 1));
        renameSync(`${extra}.new`, extra);
      }
    },
    new AbortController().signal,
  );
}

/** What a verifier finds in each of several logs: the head of a whole one, or what is wrong. */
async function verify(): Promise<void> {
  for (const name of extra.split(',')) {
    say('log', name);
    try {
      const log = await opener.openLog(join(directory, name));
      const chain = new ChainReader('data');
      await chain.readOn(log);
      const heads = [...chain.streams].map(([stream, { head }]) => `${stream} ${head.hash}`);
      say('whole', ...heads);
      await log.close();
    } catch (error) {
      say('wrong', String(error).split('\n')[0] ?? '');
    }
  }
}

const modes: Readonly<Record<string, () => Promise<void>>> = { write, fill, consume, verify };
await modes[mode]?.();
