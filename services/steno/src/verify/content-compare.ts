import { createHash } from 'node:crypto';
import type { Cutoffs } from './cutoffs.js';
import { contentColumnFault, contentOfSpan } from './content-rows.js';
import type { ContentRow, ExpectedContent } from './content-rows.js';
import { isSamePlace } from './event-rows.js';
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
    const expected = new Map<string, ExpectedContent>();
    for (const part of parts) {
      const name = nameOf({ ...part, index: part.part.index, part: part.part.part });
      // What the log holds again is in ClickHouse as it came first.
      if (!expected.has(name)) expected.set(name, part);
    }
    const seen = new Set<string>();
    for await (const row of contentOfSpan(this.tables, page)) {
      const name = nameOf(row);
      const part = expected.get(name);
      if (part === undefined) this.differ(row, 'added', 'the log holds none there');
      else if (seen.has(name)) this.differ(row, 'repeated', 'its row is there more than once');
      else this.match(part, row);
      seen.add(name);
    }
    for (const [name, part] of expected) if (!seen.has(name)) this.absent(part);
  }

  /** A row whose place the log does not have. */
  outside(stream: string, position: number): void {
    this.differ({ stream, position, index: 0 }, 'added', 'its place is not in the log');
  }

  private match(expected: ExpectedContent, row: ContentRow): void {
    const { part, place } = expected;
    const isSame = row.length === part.bytes.length && row.sha256 === sha256(part.bytes);
    const fault = isSame ? contentColumnFault(row, expected) : 'its bytes differ from the log';
    if (fault !== undefined) this.differ(row, 'changed', fault);
    else if (!isSamePlace(place, row.place)) {
      const detail = 'its place in the log is said to be another than it is';
      this.differ({ ...row, batch: `data/${place.partition}/${place.offset}` }, 'changed', detail);
    }
  }

  private absent({ stream, position, part, recordedAt, isRepeat }: ExpectedContent): void {
    if (isRepeat || recordedAt > this.cutoffs.onItsWay) return;
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

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function nameOf(at: Located & { readonly part: number }): string {
  return `${at.stream} ${at.position} ${at.index} ${at.part}`;
}
