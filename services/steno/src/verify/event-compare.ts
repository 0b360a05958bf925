import type { Cutoffs } from './cutoffs.js';
import { columnFault, comparePlaces, rowsOfSpan } from './event-rows.js';
import type { EventRow } from './event-rows.js';
import type { LogEvent } from './log-events.js';
import type { LogPage } from './log-pages.js';
import type { StoreTables } from './store-tables.js';
import type { Suspects } from './suspects.js';

/** Of one page: events and rows that do not stand where the other copy has them. */
interface Stray {
  readonly mismatches: { readonly event: LogEvent; readonly row: EventRow }[];
  /** By hash. */
  readonly events: Set<string>;
  readonly rows: Set<string>;
}

/** Holds the rows of steno.events against the log, place by place. */
export class EventCompare {
  rows = 0;
  expired = 0;
  onTheirWay = 0;

  constructor(
    private readonly tables: StoreTables,
    private readonly suspects: Suspects,
    private readonly cutoffs: Cutoffs,
  ) {}

  /** @param events those of the page that must be in ClickHouse, in the log's order */
  async page(page: LogPage, events: readonly LogEvent[]): Promise<void> {
    const stray: Stray = { mismatches: [], events: new Set(), rows: new Set() };
    let at = 0;
    let matched = false;
    const take = (row: EventRow): void => {
      let event = events[at];
      while (event !== undefined && comparePlaces(event.place, row.place) < 0) {
        if (!matched) this.absent(event, stray);
        matched = false;
        at += 1;
        event = events[at];
      }
      const isThere = event !== undefined && comparePlaces(event.place, row.place) === 0;
      if (event === undefined || !isThere || matched) this.surplus(page, row, stray);
      else this.match(page, event, row, stray);
      matched = isThere;
    };
    for await (const rows of rowsOfSpan(this.tables, page)) {
      this.rows += rows.length;
      for (const row of rows) take(row);
    }
    if (matched) at += 1;
    for (const event of events.slice(at)) this.absent(event, stray);
    for (const { event, row } of stray.mismatches) {
      // Where one of the two stands elsewhere in the batch, places were shifted, not taken.
      const isShifted = stray.rows.has(event.hash) || stray.events.has(row.hash);
      if (!isShifted) this.suspects.contradiction(page.topic, event.place);
    }
  }

  private match({ topic }: LogPage, event: LogEvent, row: EventRow, stray: Stray): void {
    const { columns } = event;
    const isSame = row.hash === event.hash && columnFault(row, columns, topic) === undefined;
    if (isSame) return;
    this.suspect(topic, columns.stream, columns.position, 'changed');
    this.suspect(topic, row.stream, row.position, 'changed');
    if (row.hash === event.hash) {
      // The bytes are there, under another name.
      if (row.stream !== columns.stream) this.suspects.contradiction(topic, event.place);
      return;
    }
    stray.mismatches.push({ event, row });
    stray.events.add(event.hash);
    stray.rows.add(row.hash);
  }

  private surplus({ topic }: LogPage, row: EventRow, stray: Stray): void {
    stray.rows.add(row.hash);
    this.suspect(topic, row.stream, row.position, 'missing');
  }

  private absent({ topic, columns, hash }: LogEvent, stray: Stray): void {
    stray.events.add(hash);
    const { recordedAt, stream, position } = columns;
    if (recordedAt > this.cutoffs.onItsWay) this.onTheirWay += 1;
    else if (recordedAt < this.cutoffs.eventsExpired) this.expired += 1;
    else this.suspect(topic, stream, position, 'missing');
  }

  private suspect(
    topic: LogPage['topic'],
    stream: string,
    position: number,
    why: 'missing' | 'changed',
  ): void {
    this.suspects.add({ topic, stream, position, why });
  }
}
