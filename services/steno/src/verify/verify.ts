import type { EventLog } from '@steno/event-log';
import type { Retention } from '@steno/event-store';
import type { SessionStatus } from '@steno/proto';
import { blindSpots } from './blind-spots.js';
import { tellBrokenClaims, tellCountHoles } from './boot-verdict.js';
import { cutoffsAt } from './cutoffs.js';
import type { Evidence } from './diagnosis.js';
import { examine } from './examination.js';
import { Findings } from './findings.js';
import type { Finding, Verdict } from './findings.js';
import type { TrustedKeys } from './log-check.js';
import { batchesOf, logSpans } from './log-spans.js';
import { addOutsideRows, endsOf } from './outside-rows.js';
import { Scan } from './scan.js';
import type { StoreTables } from './store-tables.js';
import { Suspects } from './suspects.js';

export interface VerifyOptions {
  readonly log: EventLog;
  readonly tables: StoreTables;
  readonly keys: TrustedKeys;
  /** How long ClickHouse keeps things; days, 0: for ever. */
  readonly retention: Retention;
  /** What a running projector says that it is behind by. */
  readonly lagMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Whether a projector may be at work. */
  readonly isLive: boolean;
  readonly onProgress: (done: number, total: number) => void | Promise<void>;
}

export interface VerifyCounts {
  readonly streams: number;
  /** Each once. */
  readonly events: number;
  readonly sessions: Readonly<Record<Exclude<SessionStatus, 'silent'>, number>>;
  readonly contentPieces: number;
  readonly contentBytes: number;
  readonly logBytes: number;
  /** Events that ClickHouse holds. */
  readonly rows: number;
  /** Events that the log holds again. */
  readonly duplicates: number;
  readonly expiredEvents: number;
  readonly expiredContent: number;
  /** Events of the last minute that are not in ClickHouse yet. */
  readonly onTheirWay: number;
  /** Events that went down with the process that emitted them. */
  readonly lostWithProcess: number;
}

export interface VerifyReport {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Findings that are only counted. */
  readonly findingsLeftOut: number;
  readonly counts: VerifyCounts;
  readonly cannotSee: readonly string[];
}

/**
 * Reads all of the log and all of ClickHouse: each event against its chain, its writer and its
 * content; each copy against the other; what is derived against what it is derived from. Memory
 * grows with the number of streams, not with that of events.
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { log, tables, keys, nowMs, isLive } = options;
  const findings = new Findings();
  const suspects = new Suspects();
  const cutoffs = cutoffsAt(nowMs, options.retention, options.lagMs);
  const ends = await endsOf(tables);
  const spans = await logSpans(log);
  const total = batchesOf(spans);
  const scan = new Scan({ log, tables, keys, cutoffs, findings, suspects });
  await scan.run(spans, (done) => options.onProgress(done, total));
  await addOutsideRows(tables, { ends, spans }, { suspects, content: scan.content });
  const { boots, claims, badlySigned } = scan.log;
  const evidence: Evidence = {
    findings,
    suspects,
    boots,
    claims,
    cutoffs,
    rootPublicKey: keys.rootPublicKey,
    badlySigned,
    missingInLog: new Set(),
    explained: new Map(),
    wrongInLog: new Set(),
    thinned: new Set(),
    misplaced: [],
  };
  await examine({ log, tables, evidence, isLive, ends: ends.events });
  scan.verdict.inStore(scan.content.differences, evidence);
  const { explained } = evidence;
  const lostWithProcess = tellCountHoles(boots, findings, { explained, nowMs });
  tellBrokenClaims(claims, boots, { findings, nowMs });
  const counts = countsOf(scan, findings, lostWithProcess);
  const expired = counts.expiredEvents + counts.expiredContent;
  const { unchecked } = scan.log.content;
  return {
    verdict: findings.verdict,
    findings: findings.all(),
    findingsLeftOut: findings.leftOut + scan.content.leftOut,
    counts,
    cannotSee: blindSpots(boots, { nowMs, expired, unchecked }),
  };
}

function countsOf(scan: Scan, findings: Findings, lostWithProcess: number): VerifyCounts {
  const { log, events, content } = scan;
  return {
    streams: log.heads.count,
    events: log.counts.events,
    sessions: log.heads.sessions((stream) => findings.hasOf(stream)),
    contentPieces: log.content.pieces,
    contentBytes: log.content.bytes,
    logBytes: log.counts.bytes,
    rows: events.rows,
    duplicates: log.counts.duplicates,
    expiredEvents: events.expired,
    expiredContent: content.expired,
    onTheirWay: events.onTheirWay,
    lostWithProcess,
  };
}
