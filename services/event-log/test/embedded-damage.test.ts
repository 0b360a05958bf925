import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogDamaged } from '@steno/event-log';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { readBatch } from '@steno/sessions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChainReader } from './chain-reader.js';
import { TestProcess } from './child-process.js';
import { TestStream } from './test-stream.js';

const script = new URL('durability-child.ts', import.meta.url);
const PAGE = 4096;
/** Where LMDB's meta page says which transaction it is of. */
const TRANSACTION = 152;
/** Where a page says what it is, and where it lists its entries after it said how many. */
const PAGE_FLAGS = 18;
const IS_OVERFLOW = 4;
const PAGE_LIST = 24;
const NOISE = Buffer.from(Array.from({ length: PAGE }, (_, index) => (index * 167 + 13) % 256));

let folder: string;
/** The data file of a log that is whole, and the raw bytes of its events. */
let data: Buffer;
let raws: Buffer[];
let head: string;
let headBefore: string;
/** What a process said of each damaged copy; "died" where it died of one. */
let verdicts: ReadonlyMap<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steno-damage-'));
  const directory = join(folder, 'whole');
  const log = new EmbeddedLog({ directory, readOnly: false });
  const stream = new TestStream('session/s');
  const batches = Array.from({ length: 24 }, (_, count) => {
    headBefore = `${stream.name} ${stream.head.hash}`;
    return stream.batch(`${count}`, 'x'.repeat(count * 1_000));
  });
  for (const batch of batches) await log.append('data', batch);
  await log.close();
  head = `${stream.name} ${stream.head.hash}`;
  data = readFileSync(join(directory, 'data.mdb'));
  raws = batches.flatMap(({ bytes }) => {
    const records = readBatch(bytes);
    return 'malformed' in records ? [] : records.map(({ raw }) => Buffer.from(raw));
  });
  const copies = damagedCopies();
  for (const [name, bytes] of copies) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'data.mdb'), bytes);
  }
  verdicts = await judge([...copies.keys()]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function damagedCopies(): Map<string, Buffer> {
  const newest =
    data.readBigUInt64LE(PAGE + TRANSACTION) > data.readBigUInt64LE(TRANSACTION) ? PAGE : 0;
  const older = data.subarray(PAGE - newest, 2 * PAGE - newest);
  const copies = new Map([
    ['torn', Buffer.concat([data, NOISE, NOISE, NOISE.subarray(100)])],
    ['before', changed(newest, older)],
    ['no-first-page', changed(0, Buffer.alloc(PAGE))],
    ['no-second-page', changed(PAGE, Buffer.alloc(PAGE))],
  ]);
  for (const size of [data.length / 8, 3 * PAGE, 9]) {
    copies.set(`short-${Math.floor(size)}`, data.subarray(0, size));
  }
  for (const pages of [1, 3, 20]) {
    copies.set(`cut-${pages}`, data.subarray(0, data.length - pages * PAGE));
  }
  for (let page = 0; page < Math.floor(data.length / PAGE); page++) {
    copies.set(`page-${page}`, changed(page * PAGE, NOISE));
    copies.set(`zero-${page}`, changed(page * PAGE, Buffer.alloc(PAGE)));
    if (data.readUInt16LE(page * PAGE + PAGE_FLAGS) & IS_OVERFLOW) continue;
    copies.set(`list-${page}`, changed(page * PAGE + PAGE_LIST, Buffer.alloc(40)));
    copies.set(`less-${page}`, changed(page * PAGE + PAGE_LIST - 4, Buffer.of(28)));
  }
  for (const [position, raw] of raws.entries()) copies.set(`event-${position}`, edited(raw));
  return copies;
}

function changed(at: number, by: Buffer): Buffer {
  const bytes = Buffer.from(data);
  by.copy(bytes, at);
  return bytes;
}

/** Says that another instance wrote this event. */
function edited(raw: Buffer): Buffer {
  const bytes = Buffer.from(data);
  const author = raw.indexOf('test-1');
  // Older versions of a page may hold it, too.
  for (let at = data.indexOf(raw); at >= 0; at = data.indexOf(raw, at + 1)) {
    bytes.write('best-1', at + author);
  }
  return bytes;
}

async function judge(names: readonly string[]): Promise<Map<string, string>> {
  const said = new Map<string, string>();
  const module = new URL('open-embedded.ts', import.meta.url).href;
  let left = names;
  while (left.length > 0) {
    const child = new TestProcess(script, ['verify', module, folder, left.join(',')]).go();
    await child.ended;
    let current = '';
    for (const line of child.lines) {
      const [word = '', ...rest] = line.split(' ');
      if (word === 'log') current = rest.join(' ');
      said.set(current, word === 'log' ? 'died' : line);
    }
    if (current === '') throw new Error(child.stderr);
    left = left.slice(left.indexOf(current) + 1);
  }
  return said;
}

function verdictsOn(kind: string): string[] {
  return [...verdicts].filter(([name]) => name.startsWith(kind)).map(([, verdict]) => verdict);
}

/** How many of these are what they were; all others must say or show that they are not. */
function passed(found: readonly string[]): number {
  const others = found.filter((verdict) => !/^(?:died|wrong .+)$/.test(verdict));
  for (const verdict of others) expect(verdict).toBe(`whole ${head}`);
  return others.length;
}

/**
 * LMDB has no checksums: it finds neither a page that was changed nor one that is an older version.
 * What does is said here: the file's length and its meta pages by the log as it opens, batches that
 * are gone by the log as it opens or reads, changed events by the chain, changed content by its
 * commitment. Some damage ends the process that reads. None of it passes for what was appended.
 */
describe('a data file that was damaged', () => {
  it('is what it was, with pages at its end that no commit had come to', async () => {
    expect(verdicts.get('torn')).toBe(`whole ${head}`);
    const log = new EmbeddedLog({ directory: join(folder, 'torn'), readOnly: false });
    await log.append('control', new TestStream('control/a/b').batch('on it goes'));
    await log.append('data', new TestStream('session/t').batch('x'.repeat(5 * PAGE)));
    const chain = new ChainReader('data');
    await chain.readOn(log);
    await log.close();
    expect(chain.streams.get('session/t')?.head.next).toBe(1);
    expect(head).toContain(chain.streams.get('session/s')?.head.hash);
  });

  it('is what it was before a commit whose last write is gone', () => {
    expect(verdicts.get('before')).toBe(`whole ${headBefore}`);
  });

  it('is refused, and says so, when a good part of it or its beginning is gone', () => {
    const refused = [...verdictsOn('short'), ...verdictsOn('no-')];
    expect(refused).toHaveLength(5);
    for (const verdict of refused) expect(verdict).toMatch(/^wrong LogDamaged: /);
    for (const name of ['no-first-page', `short-${3 * PAGE}`]) {
      const directory = join(folder, name);
      expect(() => new EmbeddedLog({ directory, readOnly: true })).toThrow(LogDamaged);
    }
  });

  it('never passes for whole when some of its last pages are gone', () => {
    const found = verdictsOn('cut');
    expect(found).toHaveLength(3);
    for (const verdict of found) expect(verdict).toMatch(/^(?:died|wrong .+)$/);
  });

  it('never passes for whole when any one page is garbled, unless the page was free', () => {
    const pages = Math.floor(data.length / PAGE);
    for (const kind of ['page', 'zero']) {
      const found = verdictsOn(kind);
      expect(found).toHaveLength(pages);
      expect(passed(found)).toBeLessThan(pages / 4);
    }
    // Each of the layers is needed.
    for (const layer of ['LogDamaged', 'MDB_CORRUPTED', 'torn batch', 'changed content']) {
      expect(verdictsOn('page').some((verdict) => verdict.includes(layer))).toBe(true);
    }
  });

  it('never passes for shorter, or for empty, when a page has lost what it lists', () => {
    const found = [...verdictsOn('list'), ...verdictsOn('less')];
    expect(passed(found)).toBeLessThan(found.length);
    for (const layer of ['of a later version', 'has no batch at offset', 'has lost entries']) {
      expect(found.some((verdict) => verdict.includes(layer))).toBe(true);
    }
  });

  it('is found out by the chain where one event was changed, but for the last', () => {
    const found = verdictsOn('event');
    expect(found).toHaveLength(48);
    found.slice(0, -1).forEach((verdict, position) => {
      expect(verdict).toMatch(`wrong Error: wrong-previous at session/s:${position + 1} `);
    });
    // A chain cannot speak for its end: heads that were told elsewhere do.
    expect(found.at(-1)).toMatch(/^whole session\/s [0-9a-f]{64}$/);
    expect(found.at(-1)).not.toBe(`whole ${head}`);
  });
});
