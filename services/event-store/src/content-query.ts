import { TupleParam } from '@clickhouse/client';
import type { Envelope } from '@steno/proto';
import { streamRows } from './queries.js';
import type { StoreReader } from './queries.js';

/** A piece of content that an event names. */
export interface ContentWanted {
  readonly stream: string;
  /** Of the event that names it. */
  readonly position: number;
  readonly index: number;
  readonly kind: string;
  readonly length: number;
  /** Of the earlier event that holds the bytes, if it is not this one. */
  readonly heldAt: number | undefined;
}

/** The pieces of certain kinds that an event names. */
export function contentWanted(envelope: Envelope, kinds: readonly string[]): ContentWanted[] {
  return envelope.contents.flatMap(({ kind, length, heldAtPlusOne }, index) => {
    if (!kinds.includes(kind)) return [];
    const heldAt = heldAtPlusOne === 0n ? undefined : Number(heldAtPlusOne) - 1;
    const { stream, position } = envelope;
    return { stream, position: Number(position), index, kind, length: Number(length), heldAt };
  });
}

export interface ContentBounds {
  /** Only the beginning of each piece, this many bytes of it. */
  readonly headBytes?: number;
}

const EMPTY = Buffer.alloc(0);

/** The bytes of pieces of content; those that expired or were erased are not in it. */
export class FoundContent {
  private readonly own = new Map<string, Buffer>();
  /** By kind: an event holds one piece of a kind that others refer to. */
  private readonly byKind = new Map<string, Buffer>();

  add(at: { stream: string; position: number; index: number; kind: string }, bytes: Buffer): void {
    this.own.set(`${at.stream} ${at.position} ${at.index}`, bytes);
    const kind = `${at.stream} ${at.position} ${at.kind}`;
    if (!this.byKind.has(kind)) this.byKind.set(kind, bytes);
  }

  get(wanted: ContentWanted): Buffer | undefined {
    const { stream, position, index, kind, heldAt } = wanted;
    if (wanted.length === 0) return EMPTY; // nothing is stored for it
    if (heldAt === undefined) return this.own.get(`${stream} ${position} ${index}`);
    return this.byKind.get(`${stream} ${heldAt} ${kind}`);
  }
}

interface Row {
  readonly stream: string;
  readonly position: string;
  readonly idx: number;
  readonly part: number;
  readonly kind: string;
  readonly bytes: string;
}

const UINT32_MAX = 2 ** 32 - 1;
/** Events asked for in one query: their names travel in its address. */
const EVENTS_PER_QUERY = 500;

/** Reads pieces of content; the caller bounds their sum, which the events say. */
export async function readContent(
  reader: StoreReader,
  wanted: readonly ContentWanted[],
  bounds: ContentBounds = {},
): Promise<FoundContent> {
  const found = new FoundContent();
  const kinds = [...new Set(wanted.map(({ kind }) => kind))];
  const holders = new Map(
    wanted.map(({ stream, position, heldAt = position }): [string, TupleParam] => [
      `${stream} ${heldAt}`,
      new TupleParam([stream, heldAt]),
    ]),
  );
  const events = [...holders.values()];
  for (let at = 0; at < events.length; at += EVENTS_PER_QUERY) {
    const some = events.slice(at, at + EVENTS_PER_QUERY);
    const { headBytes } = bounds;
    const rows = streamRows<Row>(reader, 'content', {
      events: some,
      kinds,
      parts: headBytes === undefined ? UINT32_MAX : 1,
      bytes: headBytes ?? UINT32_MAX,
    });
    await gather(rows, found);
  }
  return found;
}

/** Puts the parts of each piece together; a piece that lacks one is not there. */
async function gather(rows: AsyncIterable<Row>, found: FoundContent): Promise<void> {
  let piece: { row: Row; parts: Buffer[]; isWhole: boolean } | undefined;
  const end = () => {
    if (piece === undefined || !piece.isWhole) return;
    const { stream, position, idx, kind } = piece.row;
    const bytes = piece.parts.length === 1 ? piece.parts[0] : undefined;
    const at = { stream, position: Number(position), index: idx, kind };
    found.add(at, bytes ?? Buffer.concat(piece.parts));
  };
  for await (const row of rows) {
    const isSame =
      piece?.row.idx === row.idx &&
      piece.row.position === row.position &&
      piece.row.stream === row.stream;
    if (!isSame || piece === undefined) {
      end();
      piece = { row, parts: [], isWhole: true };
    }
    if (row.part !== piece.parts.length) piece.isWhole = false;
    piece.parts.push(Buffer.from(row.bytes, 'base64'));
  }
  end();
}
