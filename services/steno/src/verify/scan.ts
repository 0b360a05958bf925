import type { EventLog } from '@steno/event-log';
import type { ContentFault } from './content-check.js';
import { ContentCompare } from './content-compare.js';
import type { ExpectedContent } from './content-rows.js';
import { ContentVerdict } from './content-verdict.js';
import type { Cutoffs } from './cutoffs.js';
import { EventCompare } from './event-compare.js';
import type { Findings } from './findings.js';
import { LogCheck } from './log-check.js';
import type { TrustedKeys } from './log-check.js';
import type { LogEvent } from './log-events.js';
import { logPages } from './log-pages.js';
import type { LogPage, LogSpan } from './log-pages.js';
import type { StoreTables } from './store-tables.js';
import type { Suspects } from './suspects.js';

export interface ScanOptions {
  readonly log: EventLog;
  readonly tables: StoreTables;
  readonly keys: TrustedKeys;
  readonly cutoffs: Cutoffs;
  readonly findings: Findings;
  readonly suspects: Suspects;
}

/** Reads the log once, in its order, and holds the rows of ClickHouse against it. */
export class Scan {
  readonly log: LogCheck;
  readonly events: EventCompare;
  readonly content: ContentCompare;
  readonly verdict: ContentVerdict;

  constructor(private readonly options: ScanOptions) {
    const { keys, findings, suspects, tables, cutoffs } = options;
    this.log = new LogCheck(keys, findings, suspects);
    this.events = new EventCompare(tables, suspects, cutoffs);
    this.content = new ContentCompare(tables, cutoffs);
    this.verdict = new ContentVerdict(tables, findings);
  }

  async run(
    spans: readonly LogSpan[],
    onPage: (batches: number) => void | Promise<void>,
  ): Promise<void> {
    let done = 0;
    for (const span of spans) {
      for await (const page of logPages(this.options.log, span)) {
        await this.page(page);
        done += page.until - page.from;
        await onPage(done);
      }
    }
  }

  private async page(page: LogPage): Promise<void> {
    const { topic } = page;
    const events: LogEvent[] = [];
    const parts: ExpectedContent[] = [];
    const faults: ContentFault[] = [];
    for (const entry of page.entries) {
      const found = this.log.entry(entry);
      for (const event of found.events) events.push(event);
      for (const part of found.parts) parts.push(part);
      for (const fault of found.faults) faults.push(fault);
    }
    this.tellLost(page);
    await this.events.page(page, events);
    if (topic === 'data') await this.content.page(page, parts);
    await this.verdict.inLog(faults);
  }

  private tellLost({ topic, partition, lost }: LogPage): void {
    for (const offset of lost) {
      const detail = `there is no batch at offset ${offset} of partition ${partition}`;
      const what = { kind: 'missing', copy: 'log', topic, stream: null, position: null } as const;
      this.options.findings.add({ ...what, detail }, `lost on ${topic}`);
    }
  }
}
