import { constants, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A place in a spool: a byte of a segment. */
export interface SpoolPlace {
  readonly segment: number;
  readonly offset: number;
}

const { O_CREAT, O_RDWR } = constants;
const FILE = 'shipped';
const PRIVATE_FILE = 0o600;
const DIGITS = 16;
const START: SpoolPlace = { segment: 0, offset: 0 };

/**
 * Up to where a spool was shipped. It is not synced: after a power cut an older mark, or none, has
 * some of it shipped again, and readers drop what they have.
 */
export class ShippedMark {
  private constructor(
    private readonly file: FileHandle,
    public place: SpoolPlace,
  ) {}

  static async open(directory: string): Promise<ShippedMark> {
    const file = await open(join(directory, FILE), O_CREAT | O_RDWR, PRIVATE_FILE);
    const text = (await file.readFile()).toString();
    const [, segment, offset] = /^(\d{16}) (\d{16})\n$/.exec(text) ?? [];
    if (segment === undefined || offset === undefined) return new ShippedMark(file, START);
    return new ShippedMark(file, { segment: Number(segment), offset: Number(offset) });
  }

  async move(to: SpoolPlace): Promise<void> {
    const digits = (value: number): string => String(value).padStart(DIGITS, '0');
    await this.file.write(`${digits(to.segment)} ${digits(to.offset)}\n`, 0);
    this.place = to;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
