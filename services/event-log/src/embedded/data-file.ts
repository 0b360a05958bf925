import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LogDamaged } from '../port.js';

/**
 * LMDB maps its file, so whoever reads a page that was cut off dies by a signal, as does whoever
 * opens one without its two meta pages. This looks at these (mdb.c, `MDB_meta` of data version 2,
 * little-endian) for how long the file must be. It is no check of what the other pages hold.
 */
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const META = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152, end: 160 };
/**
 * LMDB may leave pages at the end unwritten that its last transaction took and gave back: some per
 * table.
 */
const UNWRITTEN_PAGES_MAX = 64;

interface Meta {
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: bigint;
}

/** Throws LogDamaged for a data file that LMDB had better not open. */
export function checkDataFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const first = readMeta(file, 0);
    const second = first === undefined ? undefined : readMeta(file, first.pageSize);
    if (first === undefined || second === undefined) {
      throw new LogDamaged(`${path} has lost its beginning`);
    }
    const newest = second.transaction > first.transaction ? second : first;
    const missing = newest.lastPage + 1 - Math.ceil(size / newest.pageSize);
    if (missing > UNWRITTEN_PAGES_MAX) {
      throw new LogDamaged(`${path} was cut: its last ${missing} pages are missing`);
    }
  } finally {
    closeSync(file);
  }
}

function readMeta(file: number, at: number): Meta | undefined {
  const page = Buffer.alloc(META.end);
  if (readSync(file, page, 0, META.end, at) < META.end) return undefined;
  if (page.readUInt32LE(META.magic) !== MAGIC) return undefined;
  if ((page.readUInt32LE(META.version) & 0xffff) !== DATA_VERSION) return undefined;
  return {
    pageSize: page.readUInt32LE(META.pageSize),
    lastPage: Number(page.readBigUInt64LE(META.lastPage)),
    transaction: page.readBigUInt64LE(META.transaction),
  };
}
