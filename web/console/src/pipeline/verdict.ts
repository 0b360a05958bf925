import type { PipelineView } from '@steno/proto';
import { countOf } from '../ui/format.js';

export interface Verdict {
  readonly tone: 'ok' | 'warning' | 'danger';
  readonly title: string;
  /** What there is to know or to do, a sentence each. */
  readonly reasons: readonly string[];
}

/** The projector inserts twice a second; a few batches are always on their way. */
const BATCHES_BEHIND = 1_000;
const DISK_LEFT = 0.1;
/** Three heartbeats and some. */
const BLIND_MS = 45_000;

/** Whether everything is recorded right now, in words. */
export function verdictOf(view: PipelineView): Verdict {
  const dangers = [...troublesOfCaptures(view), ...missingEvents(view)];
  const warnings = [...troublesOfOthers(view), ...troublesOfLog(view), ...earlierTroubles(view)];
  if (isBlind(view)) {
    const why = 'What instances report does not come into ClickHouse: look at the projector.';
    const reasons = [why, ...dangers, ...warnings];
    return { tone: 'danger', title: 'It cannot be told whether everything is recorded.', reasons };
  }
  if (dangers.length > 0) {
    const reasons = [...dangers, ...warnings];
    return { tone: 'danger', title: 'Steno may not be recording everything.', reasons };
  }
  if (warnings.length > 0) {
    const title = 'Everything is being recorded, but look at this.';
    return { tone: 'warning', title, reasons: warnings };
  }
  return { tone: 'ok', title: 'Everything is being recorded.', reasons: [] };
}

/** Nobody was heard lately, where the api at least, which answers, should have been. */
function isBlind({ at, instances }: PipelineView): boolean {
  const heard = instances.flatMap(({ lastHeardAt }) =>
    lastHeardAt === null ? [] : [Date.parse(lastHeardAt)],
  );
  return Date.parse(at) - Math.max(0, ...heard) > BLIND_MS;
}

function troublesOfCaptures({ instances }: PipelineView): string[] {
  const captures = instances.filter(({ role }) => role === 'capture');
  const troubles = captures
    .filter(({ state }) => state === 'silent')
    .map(({ name }) => `${name} does not report: nobody knows whether it records.`);
  if (!captures.some(({ state }) => state === 'running')) {
    troubles.push('No capture is running: nobody can connect.');
  }
  return troubles;
}

function troublesOfOthers({ instances }: PipelineView): string[] {
  return instances.flatMap(({ name, role, state }) => {
    if (state === 'lost') return [`${name} is lost: what it had not shipped will not come.`];
    return state === 'silent' && role !== 'capture' ? [`${name} does not report.`] : [];
  });
}

function missingEvents({ instances }: PipelineView): string[] {
  return instances
    .filter(({ missing }) => missing > 0)
    .map(({ name, missing }) => `${countOf(missing, 'event')} of ${name} did not arrive.`);
}

function troublesOfLog({ partitions, instances, disk }: PipelineView): string[] {
  const reasons: string[] = [];
  if (partitions.some(({ logEnd }) => logEnd === null)) {
    reasons.push('The event log does not say how far it is.');
  }
  const behind = partitions.reduce((sum, one) => sum + lagOf(one), 0);
  const projects = instances.some(({ role, state }) => role === 'worker' && state === 'running');
  if (!projects) reasons.push('No projector is running: what is recorded now cannot be seen yet.');
  else if (behind > BATCHES_BEHIND) {
    reasons.push(`The projector is ${countOf(behind, 'offset')} behind the log.`);
  }
  if (disk !== null && disk.freeBytes < disk.totalBytes * DISK_LEFT) {
    reasons.push('The disk of ClickHouse is nearly full.');
  }
  return reasons;
}

function earlierTroubles({ deadLetters, forks, gappedSessions }: PipelineView): string[] {
  const found: readonly [number, string][] = [
    [gappedSessions, 'gapped session'],
    [forks, 'fork'],
    [deadLetters, 'dead letter'],
  ];
  const some = found.filter(([count]) => count > 0).map(([count, noun]) => countOf(count, noun));
  return some.length === 0 ? [] : [`Earlier there were ${some.join(', ')}.`];
}

/** Offsets that are not projected; 0 where the log does not say. */
export function lagOf({ logEnd, projectedTo }: PipelineView['partitions'][number]): number {
  return logEnd === null ? 0 : Math.max(0, logEnd - projectedTo);
}
