import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { BatchNotes } from '@steno/sessions';
import type { StreamRecord } from '../kafka/records.js';
import { LogUnavailable } from '../port.js';
import { steadyNow } from '../steady-now.js';
import { nextBacklogState } from './backlog.js';
import type { Backlog, BacklogState, SpoolLimits } from './backlog.js';
import { encodeFrame } from './frame.js';
import { SegmentWriter } from './segment-writer.js';
import { ShippedMark } from './shipped-mark.js';
import type { SpoolPlace } from './shipped-mark.js';

const SEGMENT_BYTES = 64 * 1024 * 1024;
/** Room that is left on the disk when nothing more is taken: shipping writes notes of its own. */
const FREE_BYTES_MIN = 32 * 1024 * 1024;
/** So long, and for as many bytes, what was found to be free is relied on. */
const ROOM_MS = 250;
const SEGMENT_NAME = /^(\d{16})\.seg$/;

interface Waiting {
  readonly buffers: readonly Buffer[];
  readonly resolve: () => void;
  readonly reject: (error: LogUnavailable) => void;
}

/** A segment that is there: up to where it may be read, and whether more will come. */
export interface ReadableSegment {
  readonly path: string;
  readonly size: number;
  readonly isActive: boolean;
}

/**
 * What was committed and is not in the log yet: segment files on the disk of this machine. One
 * process writes it; commits that wait share one write. What was shipped is deleted.
 */
export class Spool {
  private active: { readonly number: number; readonly writer: SegmentWriter } | undefined;
  private queue: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private oldestAt: number | undefined;
  private state: BacklogState = 'ok';
  wake: () => void = () => undefined;
  private closed = false;
  private isEnding = false;
  private room = { until: 0, bytes: 0 };

  private constructor(
    private readonly directory: string,
    private readonly limits: SpoolLimits,
    private readonly sizes: Map<number, number>,
    private readonly mark: ShippedMark,
    private readonly onBacklog: (backlog: Backlog) => void,
  ) {}

  /** Opens what an earlier run may have left; the caller is its only owner. */
  static async open(
    directory: string,
    limits: SpoolLimits,
    onBacklog: (backlog: Backlog) => void,
  ): Promise<Spool> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const sizes = new Map<number, number>();
    let oldest = steadyNow();
    for (const name of (await readdir(directory)).sort()) {
      const digits = SEGMENT_NAME.exec(name)?.[1];
      if (digits === undefined) continue;
      const { size, birthtimeMs } = await stat(join(directory, name));
      sizes.set(Number(digits), size);
      oldest = Math.min(oldest, birthtimeMs);
    }
    const mark = await ShippedMark.open(directory);
    const spool = new Spool(directory, limits, sizes, mark, onBacklog);
    if (spool.waitingBytes() > 0) spool.oldestAt = oldest;
    await spool.deleteShipped();
    return spool;
  }

  get backlog(): Backlog {
    const ageMs = this.oldestAt === undefined ? 0 : Math.max(0, steadyNow() - this.oldestAt);
    return { state: this.state, bytes: this.waitingBytes(), ageMs };
  }

  /** Where the first thing stands that is not in the log, as far as was noted. */
  get shippedUpTo(): SpoolPlace {
    return this.mark.place;
  }

  /** Behind everything that was committed until now. */
  get end(): SpoolPlace {
    const last = Math.max(...this.sizes.keys());
    const size = this.sizes.get(last);
    return size === undefined ? this.mark.place : { segment: last, offset: size };
  }

  /** Resolves when it is on the disk. Rejects with LogUnavailable, and then it is not there. */
  append(records: readonly StreamRecord[], notes: BatchNotes): Promise<void> {
    this.judge();
    if (this.closed) return Promise.reject(new LogUnavailable('the spool is closed'));
    if (this.state === 'critical' && !this.isEnding) {
      const { bytesMax, ageMsMax } = this.limits;
      const bounds = `limits.spool is ${bytesMax} bytes, limits.spoolAge ${ageMsMax} ms`;
      return Promise.reject(new LogUnavailable(`the spool is full: ${bounds}`));
    }
    const buffers = framesOf(records, notes);
    return new Promise((resolve, reject) => {
      this.queue.push({ buffers, resolve, reject });
      this.writing ??= this.write();
    });
  }

  /** From now on what comes is what has happened: it is taken beyond the limits. */
  takeLastWords(): void {
    this.isEnding = true;
  }

  /** The segment at or after a place; undefined where there is nothing more yet. */
  segmentAt({ segment, offset }: SpoolPlace): (ReadableSegment & { number: number }) | undefined {
    for (const number of [...this.sizes.keys()].sort((a, b) => a - b)) {
      if (number < segment) continue;
      const isActive = number === this.active?.number;
      const size = isActive ? (this.active?.writer.durable ?? 0) : (this.sizes.get(number) ?? 0);
      if (isActive && number === segment && offset >= size) return undefined;
      return { number, path: this.path(number), size, isActive };
    }
    return undefined;
  }

  /** Resolves when something may have been committed, or at `wake`. For one reader at a time. */
  more(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  /** Notes that everything before a place is in the log; deletes what lies wholly before it. */
  async shipped(to: SpoolPlace): Promise<void> {
    await this.mark.move(to);
    await this.deleteShipped();
    if (this.waitingBytes() === 0) this.oldestAt = undefined;
    this.judge();
  }

  /** The oldest of what waits was committed then, in milliseconds since the epoch. */
  waitingSince(time: number): void {
    this.oldestAt = time;
    this.judge();
  }

  /** Keeps a segment that cannot be read for people to look at, out of the way. */
  async setAside(number: number): Promise<void> {
    await rename(this.path(number), `${this.path(number)}.damaged`);
    this.sizes.delete(number);
  }

  /** After what was given to it; the state of the backlog is not told any more. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writing;
    await this.active?.writer.close();
    this.active = undefined;
    await this.mark.close();
  }

  /** Looks at the backlog again: it ages by itself. */
  judge(): void {
    const before = this.state;
    this.state = nextBacklogState(before, this.backlog, this.limits);
    if (this.state !== before) this.onBacklog(this.backlog);
  }

  private async write(): Promise<void> {
    while (this.queue.length > 0) {
      const group = this.queue;
      this.queue = [];
      try {
        const buffers = group.flatMap((waiting) => waiting.buffers);
        await this.requireRoom(buffers);
        const { number, writer } = await this.segment();
        await writer.append(buffers);
        this.sizes.set(number, writer.durable);
        this.oldestAt ??= steadyNow();
        for (const { resolve } of group) resolve();
        this.wake();
        this.judge();
      } catch (error) {
        await this.abandonSegment();
        const reason = error instanceof Error ? error.message : String(error);
        const failure = new LogUnavailable(`the spool cannot be written: ${reason}`, {
          cause: error,
        });
        for (const { reject } of group) reject(failure);
      }
    }
    // Not a turn later: whoever was told and gives it more at once must start it again.
    this.writing = undefined;
  }

  private async requireRoom(buffers: readonly Buffer[]): Promise<void> {
    const needed = buffers.reduce((sum, { length }) => sum + length, 0);
    if (performance.now() > this.room.until || needed > this.room.bytes) {
      const { bavail, bsize } = await statfs(this.directory);
      const free = bavail * bsize;
      if (free < FREE_BYTES_MIN + needed) throw new Error(`${free} bytes are free on its disk`);
      this.room = { until: performance.now() + ROOM_MS, bytes: free - FREE_BYTES_MIN };
    }
    this.room.bytes -= needed;
  }

  private async segment() {
    if (this.active !== undefined && this.active.writer.durable < SEGMENT_BYTES) return this.active;
    await this.active?.writer.close();
    this.active = undefined;
    const number = this.nextNumber();
    const writer = await SegmentWriter.create(this.path(number));
    await syncFolder(this.directory);
    this.sizes.set(number, writer.durable);
    this.active = { number, writer };
    return this.active;
  }

  /** What it holds beyond what was acknowledged is cut, or found to be torn. */
  private async abandonSegment(): Promise<void> {
    const { active } = this;
    this.active = undefined;
    // A disk that failed a write may fail this as well; what was acknowledged is there.
    await active?.writer.close().catch(() => undefined);
  }

  private async deleteShipped(): Promise<void> {
    for (const [number, size] of this.sizes) {
      if (number === this.active?.number || this.unshipped(number, size) > 0) continue;
      await rm(this.path(number), { force: true });
      this.sizes.delete(number);
    }
  }

  private waitingBytes(): number {
    let bytes = 0;
    for (const [number, size] of this.sizes) bytes += this.unshipped(number, size);
    return bytes;
  }

  private unshipped(number: number, size: number): number {
    const { segment, offset } = this.mark.place;
    if (number < segment) return 0;
    return number === segment ? Math.max(0, size - offset) : size;
  }

  private nextNumber(): number {
    return Math.max(this.mark.place.segment, ...this.sizes.keys()) + 1;
  }

  private path(number: number): string {
    return join(this.directory, `${String(number).padStart(16, '0')}.seg`);
  }
}

function framesOf(records: readonly StreamRecord[], notes: BatchNotes): readonly Buffer[] {
  const time = Math.floor(steadyNow());
  const { opened, closed } = notes;
  // The opening is noted before what it opens, the end behind what ended.
  const before = opened.length === 0 ? [] : [{ opened, closed: [] }];
  const after = closed.length === 0 ? [] : [{ opened: [], closed }];
  return [
    ...before.flatMap((note) => encodeFrame({ kind: 'notes', notes: note, time })),
    ...records.flatMap(({ topic, stream, bytes: payload }) =>
      encodeFrame({ kind: 'records', topic, stream, payload, time }),
    ),
    ...after.flatMap((note) => encodeFrame({ kind: 'notes', notes: note, time })),
  ];
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
