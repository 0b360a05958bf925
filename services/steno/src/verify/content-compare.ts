import { hash } from 'node:crypto';
import type { Cutoffs } from './cutoffs.js';
import { contentColumnFault, contentOfSpan } from './content-rows.js';
import type { ContentRow, ExpectedContent } from './content-rows.js';
import { comparePlaces, isSamePlace } from './event-rows.js';
import type { LogPage } from './log-pages.js';
import type { StoreTables } from './store-tables.js';

/** Differences that are remembered; beyond it they are counted. */
const DIFFERENCES_MAX = 10_000;

/** How a piece of content in ClickHouse differs from the log. */
export interface ContentDifference {
  readonly stream: string;
  readonly position: number;
  readonly index: number;
  readonly kind: 'changed' | 'added' | 'missing' | 'repeated';
  readonly detail: string;
  /** Where only its place is wrong: the batch that holds it, `topic/partition/offset`. */
  readonly batch: string | undefined;
}

/** Holds the rows of steno.content against the log, place by place. */
export class ContentCompare {
  readonly differences: ContentDifference[] = [];
  leftOut = 0;
  expired = 0;

  constructor(
    private readonly tables: StoreTables,
    private readonly cutoffs: Cutoffs,
  ) {}

  /** @param parts of the page, in the log's order */
  async page(page: LogPage, parts: readonly ExpectedContent[]): Promise<void> {
    const strayRows: ContentRow[] = [];
    const strayParts: ExpectedContent[] = [];
    let at = 0;
    const take = (row: ContentRow): void => {
      let part = parts[at];
      while (part !== undefined && !isNamedBy(part, row) && isBefore(part, row)) {
        strayParts.push(part);
        at += 1;
        part = parts[at];
      }
      if (part === undefined || !isNamedBy(part, row)) {
        strayRows.push(row);
        return;
      }
      this.match(part, row);
      at += 1;
    };
    for await (const rows of contentOfSpan(this.tables, page)) for (const row of rows) take(row);
    for (const part of parts.slice(at)) strayParts.push(part);
    this.settle(strayRows, strayParts, parts);
  }

  /** Finds rows and parts that do not stand side by side by their names. */
  private settle(
    rows: readonly ContentRow[],
    left: readonly ExpectedContent[],
    all: readonly ExpectedContent[],
  ): void {
    if (rows.length === 0 && left.length === 0) return;
    const missing = new Map<string, ExpectedContent>();
    for (const part of left) {
      // What the log holds again counts as it came first.
      if (!part.isRepeat) missing.set(nameOf(part.part.index, part.part.part, part), part);
    }
    const known = new Set(
      rows.length === 0 ? [] : all.map((part) => nameOf(part.part.index, part.part.part, part)),
    );
    for (const row of rows) {
      const name = nameOf(row.index, row.part, row);
      const part = missing.get(name);
      missing.delete(name);
      if (part !== undefined) this.match(part, row);
      else if (known.has(name)) this.differ(row, 'repeated', 'its row is there more than once');
      else this.differ(row, 'added', 'the log holds none there');
    }
    for (const part of missing.values()) this.absent(part);
  }

  /** A row whose place the log does not have. */
  outside(stream: string, position: number): void {
    this.differ({ stream, position, index: 0 }, 'added', 'its place is not in the log');
  }

  private match(expected: ExpectedContent, row: ContentRow): void {
    const { part, place } = expected;
    const isSame =
      row.length === part.bytes.length && row.sha256 === hash('sha256', part.bytes, 'hex');
    const fault = isSame ? contentColumnFault(row, expected) : 'its bytes differ from the log';
    if (fault !== undefined) this.differ(row, 'changed', fault);
    else if (!isSamePlace(place, row.place)) {
      const detail = 'its place in the log is said to be another than it is';
      this.differ({ ...row, batch: `data/${place.partition}/${place.offset}` }, 'changed', detail);
    }
  }

  private absent({ stream, position, part, recordedAt }: ExpectedContent): void {
    if (recordedAt > this.cutoffs.onItsWay) return;
    if (recordedAt <= this.cutoffs.contentExpired) {
      this.expired += 1;
      return;
    }
    this.differ({ stream, position, index: part.index }, 'missing', 'it is not in ClickHouse');
  }

  private differ(at: Located, kind: ContentDifference['kind'], detail: string): void {
    if (this.differences.length >= DIFFERENCES_MAX) {
      this.leftOut += 1;
      return;
    }
    const { stream, position, index, batch } = at;
    this.differences.push({ stream, position, index, kind, detail, batch });
  }
}

interface Located {
  readonly stream: string;
  readonly position: number;
  readonly index: number;
  readonly batch?: string;
}

interface Named {
  readonly stream: string;
  readonly position: number;
}

function nameOf(index: number, part: number, { stream, position }: Named): string {
  return `${stream} ${position} ${index} ${part}`;
}

function isNamedBy({ part, stream, position }: ExpectedContent, row: ContentRow): boolean {
  return (
    part.part === row.part &&
    part.index === row.index &&
    position === row.position &&
    stream === row.stream
  );
}

/** In the log, by what ClickHouse says of the place of the row. */
function isBefore({ place, part }: ExpectedContent, row: ContentRow): boolean {
  const order = comparePlaces(place, row.place) || part.index - row.index || part.part - row.part;
  return order <= 0;
}
