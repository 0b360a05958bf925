import type { ContentFault } from './content-check.js';
import type { ContentDifference } from './content-compare.js';
import { storedPiece } from './content-rows.js';
import type { Evidence } from './diagnosis.js';
import type { FindingCopy, Findings } from './findings.js';
import type { StoreTables } from './store-tables.js';

/** Pieces that are looked up in ClickHouse when the log's are wrong, and the longest of them. */
const LOOKUPS_MAX = 100;
const LOOKUP_BYTES_MAX = 64 * 1024 * 1024;
const NAMES_MAX = 20_000;

/** Says which copy of a piece of content is at fault. */
export class ContentVerdict {
  /** Pieces that are wrong in the log: `stream position index`. */
  private readonly wrongInLog = new Set<string>();
  private lookups = 0;

  constructor(
    private readonly tables: StoreTables,
    private readonly findings: Findings,
  ) {}

  /** Content of the log that is not what its event commits to. */
  async inLog(faults: readonly ContentFault[]): Promise<void> {
    for (const fault of faults) {
      const { event, index, claim } = fault;
      const { stream, position } = event.columns;
      if (this.wrongInLog.size < NAMES_MAX) this.wrongInLog.add(`${stream} ${position} ${index}`);
      const copy = await this.copyAtFault(fault);
      const what =
        fault.fault === 'missing' ? 'is not there whole' : 'is not what was committed to';
      const other = copy === 'both' ? '' : '; that in ClickHouse is';
      const detail = `content ${claim.kind} ${what}${other}`;
      const { topic } = event;
      this.findings.add({ kind: fault.fault, copy, topic, stream, position, detail });
    }
  }

  /** Content of ClickHouse that is not that of the log, where the log's is not the one at fault. */
  inStore(
    differences: readonly ContentDifference[],
    {
      missingInLog,
      wrongInLog,
      thinned,
    }: Pick<Evidence, 'missingInLog' | 'wrongInLog' | 'thinned'>,
  ): void {
    for (const { stream, position, index, kind, detail, batch } of differences) {
      if (this.wrongInLog.has(`${stream} ${position} ${index}`)) continue;
      const event = `${stream} ${position}`;
      if (wrongInLog.has(event) || wrongInLog.has(stream) || missingInLog.has(event)) continue;
      if (batch !== undefined && thinned.has(batch)) continue;
      const what = { kind, copy: 'store' as const, topic: 'data' as const, stream, position };
      this.findings.add({ ...what, detail: `content: ${detail}` }, `content ${kind}`);
    }
  }

  private async copyAtFault({ event, index, claim, key }: ContentFault): Promise<FindingCopy> {
    const { stream, position } = event.columns;
    this.lookups += 1;
    const isTooMuch = this.lookups > LOOKUPS_MAX || claim.length > LOOKUP_BYTES_MAX;
    if (key === undefined || isTooMuch) return 'both';
    const bytes = await storedPiece(this.tables, { stream, position, index });
    if (bytes === undefined) return 'both';
    return key.commit(claim.kind, bytes) === claim.commitment ? 'log' : 'both';
  }
}
