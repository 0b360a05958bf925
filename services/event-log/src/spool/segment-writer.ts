import { constants, open as openFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { SEGMENT_MAGIC } from './frame.js';

const { O_CREAT, O_DSYNC, O_EXCL, O_RDWR } = constants;
/** A write returns when it is on the disk: one call to wait for, where `fdatasync` makes two. */
const FLAGS = O_CREAT | O_EXCL | O_RDWR | O_DSYNC;
const PRIVATE_FILE = 0o600;

/** Writes one segment of a spool: what `append` resolved for is on the disk. */
export class SegmentWriter {
  private constructor(
    private readonly file: FileHandle,
    /** Bytes that are on the disk. */
    public durable: number,
  ) {}

  /** Leaves nothing behind when it rejects: the next attempt makes the same file. */
  static async create(path: string): Promise<SegmentWriter> {
    const file = await openFile(path, FLAGS, PRIVATE_FILE);
    const writer = new SegmentWriter(file, 0);
    try {
      await writer.append([SEGMENT_MAGIC]);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return writer;
  }

  /** After it rejected, the segment must be closed: nobody knows what came to the disk. */
  async append(buffers: readonly Buffer[]): Promise<void> {
    let at = this.durable;
    let left = buffers.filter(({ length }) => length > 0);
    while (left.length > 0) {
      const { bytesWritten } = await this.file.writev(left, at);
      at += bytesWritten;
      left = withoutFirst(left, bytesWritten);
    }
    this.durable = at;
  }

  /** Cuts off what was not acknowledged, if the disk lets us: readers find its end anyway. */
  async close(): Promise<void> {
    await this.file.truncate(this.durable).catch(() => undefined);
    await this.file.close();
  }
}

/** What is left to write after a write that came short, as on a disk that gets full. */
function withoutFirst(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let skip = bytes;
  return buffers.flatMap((buffer) => {
    const skipped = Math.min(skip, buffer.length);
    skip -= skipped;
    return skipped === buffer.length ? [] : [buffer.subarray(skipped)];
  });
}
