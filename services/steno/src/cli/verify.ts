import type { Finding } from '../verify/findings.js';
import { verifyDirectory } from '../verify/verify-directory.js';
import type { VerifyCounts, VerifyReport } from '../verify/verify.js';
import type { Context } from './context.js';
import { EXIT } from './exit-codes.js';
import { Progress } from './progress.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { visible } from './visible.js';

/** Findings that are told one by one to people; programs get all of them. */
const FINDINGS_SHOWN = 20;
const EXITS = { whole: EXIT.done, changed: EXIT.refused, gaps: EXIT.gaps } as const;
const HEADS = {
  whole: ['green', 'Whole: nothing was changed and nothing is missing, as far as can be seen.'],
  changed: ['red', 'Changed: the record is not what was written.'],
  gaps: ['yellow', 'Gaps: a part of the record is missing.'],
} as const;
const REPAIR =
  'What ClickHouse alone lacks or has wrong, `steno rebuild` takes from the log. Keep a copy.';
const COPIES = { log: 'log', store: 'ClickHouse', both: 'both copies' } as const;

export const defineVerify: DefineVerb = (program, context, finish) => {
  addVerb(
    program,
    'verify',
    'Checks the whole record: chains, signatures, content, and log against ClickHouse.',
  ).action(async (options: SharedOptions) => {
    const started = Date.now();
    const progress = new Progress(context.err, 'verifying');
    const report = await verifyDirectory(loadConfig(context, options), (done, total) =>
      progress.show(done, total),
    );
    await progress.end();
    const seconds = (Date.now() - started) / 1000;
    if (options.json === true) await printJson(context, report, seconds);
    else await print(context, report, seconds);
    finish(EXITS[report.verdict]);
  });
};

async function printJson({ out }: Context, report: VerifyReport, seconds: number): Promise<void> {
  const { verdict, findings, findingsLeftOut, counts, cannotSee } = report;
  for (const finding of findings) await out.json(finding);
  await out.json({
    verdict,
    exit: EXITS[verdict],
    findings: findings.length + findingsLeftOut,
    ...counts,
    seconds,
    cannotSee,
  });
}

async function print({ out }: Context, report: VerifyReport, seconds: number): Promise<void> {
  const { verdict, findings, findingsLeftOut, counts, cannotSee } = report;
  const [colour, head] = HEADS[verdict];
  await out.line(out.paint(colour, head));
  for (const finding of findings.slice(0, FINDINGS_SHOWN)) {
    await out.line(`  ${visible(sentence(finding))}`);
  }
  const more = Math.max(0, findings.length - FINDINGS_SHOWN) + findingsLeftOut;
  if (more > 0) await out.line(`  and ${more} more: \`steno verify --json\` tells all`);
  if (findings.some(({ copy }) => copy === 'store')) await out.line(REPAIR);
  await out.line('Counted');
  for (const line of countLines(counts, seconds)) await out.line(`  ${line}`);
  await out.line('What this cannot see');
  for (const line of cannotSee) await out.line(`  ${visible(line)}`);
}

function sentence({ kind, copy, stream, position, count, detail, topic }: Finding): string {
  const where = stream ?? (topic === null ? 'count of a run' : `topic ${topic}`);
  const at = position === null ? '' : ` position ${position}`;
  const more = count > 1 ? ` (${count} in all)` : '';
  return `${kind} · ${COPIES[copy]} · ${where}${at}: ${detail}${more}`;
}

function countLines(counts: VerifyCounts, seconds: number): string[] {
  const { sessions, expiredEvents, expiredContent, duplicates, onTheirWay } = counts;
  const { lostWithProcess } = counts;
  const byStatus = Object.entries(sessions).map(([status, count]) => `${number(count)} ${status}`);
  const all = Object.values(sessions).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${number(counts.events)} events in ${number(counts.streams)} streams, ` +
      `${number(counts.rows)} rows in ClickHouse`,
    `${number(all)} sessions: ${byStatus.join(', ')}`,
    `${number(counts.contentPieces)} pieces of content, ${number(counts.contentBytes)} bytes`,
    `${number(counts.logBytes)} bytes of log in ${seconds.toFixed(1)} s`,
  ];
  const rarer: readonly [number, string][] = [
    [duplicates, 'events that the log holds again, unchanged'],
    [onTheirWay, 'events of the last minute that are not in ClickHouse yet'],
    [lostWithProcess, 'events that went down with a process that ended out of order'],
    [expiredEvents, 'events that have expired in ClickHouse'],
    [expiredContent, 'parts of content that have expired in ClickHouse'],
  ];
  for (const [count, what] of rarer) if (count > 0) lines.push(`${number(count)} ${what}`);
  return lines;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
