import { open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import type { LogEntry } from '../port.js';
import { steadyNow } from '../steady-now.js';

const FILE = 'control';
const PRIVATE_FILE = 0o600;
const HEAD_BYTES = 14;
const TOUCH_MS = 5_000;
const PARTITION = 0;

/**
 * What this process last saw of control, to start from while the log is away. A file of entries:
 * UInt32 length, UInt32 CRC-32, UInt48 offset, the batch. It is believed no more than the log:
 * whoever folds it checks the signatures. When the log was last heard is the time of the file.
 * Where it cannot be written it is given up until the next start, and nothing else ends for that.
 */
export class ControlMirror {
  private next = 0;
  private entries: LogEntry[] = [];
  private isLoading = false;
  private isGivenUp = false;

  private constructor(
    private readonly path: string,
    private heard: number,
    private readonly warn: (message: string, details: object) => void,
  ) {}

  static async open(
    directory: string,
    warn: (message: string, details: object) => void,
  ): Promise<ControlMirror> {
    const path = join(directory, FILE);
    const heard = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0, // there is none yet
    );
    return new ControlMirror(path, heard, warn);
  }

  /** When the log was last heard, in milliseconds since the epoch; 0: never. */
  get heardAt(): number {
    return this.heard;
  }

  /** Entries of an earlier run or of this one, from an offset on. */
  async read(offset: number): Promise<readonly LogEntry[]> {
    if (this.heard === 0) return [];
    return decode(await readFile(this.path)).filter((entry) => entry.offset >= offset);
  }

  /** The log is read from its start on; the file changes at `complete`. */
  begin(): void {
    this.isLoading = true;
    this.entries = [];
    this.next = 0;
  }

  take(entries: readonly LogEntry[]): void {
    if (!this.isLoading) return;
    for (const entry of entries) {
      if (entry.offset < this.next) continue;
      this.entries.push(entry);
      this.next = entry.offset + 1;
    }
  }

  /** Everything that the log has was taken. */
  async complete(): Promise<void> {
    if (!this.isLoading) return;
    this.isLoading = false;
    const { entries } = this;
    this.entries = [];
    await this.write(async () => {
      const made = `${this.path}.new`;
      await writeFile(made, encode(entries), { mode: PRIVATE_FILE });
      await rename(made, this.path);
      this.heard = steadyNow();
    });
  }

  /** What came after that. */
  async add(entries: readonly LogEntry[]): Promise<void> {
    const added = entries.filter(({ offset }) => offset >= this.next);
    const last = added.at(-1);
    if (last === undefined) return;
    this.next = last.offset + 1;
    await this.write(async () => {
      const file = await open(this.path, 'a', PRIVATE_FILE);
      try {
        await file.appendFile(encode(added));
      } finally {
        await file.close();
      }
    });
  }

  /** Keeps for the next run when the log was last heard. */
  async hear(at: number): Promise<void> {
    const isNew = at > 0 && Math.abs(at - this.heard) >= TOUCH_MS;
    if (this.heard === 0 || !isNew) return;
    this.heard = at;
    await this.write(() => utimes(this.path, at / 1000, at / 1000));
  }

  /** Behind a hole nothing is written: it would tell of a state that never was. */
  private async write(work: () => Promise<void>): Promise<void> {
    if (this.isGivenUp) return;
    try {
      await work();
    } catch (error) {
      this.isGivenUp = true;
      this.heard = 0;
      const reason = error instanceof Error ? error.message : String(error);
      this.warn('control is not kept for a start without Kafka until the next start', { reason });
      // What stays, where the disk takes nothing at all, is as old as it says.
      await rm(this.path, { force: true }).catch(() => undefined);
    }
  }
}

function encode(entries: readonly LogEntry[]): Buffer {
  return Buffer.concat(
    entries.flatMap(({ offset, bytes }) => {
      const head = Buffer.allocUnsafe(HEAD_BYTES);
      head.writeUInt32BE(bytes.length, 0);
      head.writeUInt32BE(crc32(bytes), 4);
      head.writeUIntBE(offset, 8, 6);
      return [head, bytes];
    }),
  );
}

/** Up to where the file was torn, if it was. */
function decode(file: Buffer): LogEntry[] {
  const entries: LogEntry[] = [];
  for (let at = 0; at + HEAD_BYTES <= file.length;) {
    const end = at + HEAD_BYTES + file.readUInt32BE(at);
    const bytes = file.subarray(at + HEAD_BYTES, end);
    if (end > file.length || crc32(bytes) !== file.readUInt32BE(at + 4)) break;
    const offset = file.readUIntBE(at + 8, 6);
    entries.push({ topic: 'control', partition: PARTITION, offset, bytes });
    at = end;
  }
  return entries;
}
