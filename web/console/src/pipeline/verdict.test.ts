import type { InstanceView, PipelineView } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { verdictOf } from './verdict.js';

const instance = (change: Partial<InstanceView> = {}): InstanceView => ({
  name: 'capture-0',
  boot: 'boot-1',
  role: 'capture',
  version: '0.1.0',
  state: 'running',
  since: '2026-11-22T12:00:00Z',
  startedAt: '2026-11-22T12:00:00Z',
  lastHeardAt: '2026-11-22T12:00:10Z',
  emitted: 100,
  missing: 0,
  openSessions: 1,
  ...change,
});
const worker = instance({ name: 'projector', role: 'worker', openSessions: 0 });

const view = (change: Partial<PipelineView> = {}): PipelineView => ({
  at: '2026-11-22T12:00:11Z',
  instances: [instance(), worker],
  partitions: [{ topic: 'data', partition: 0, logEnd: 10, projectedTo: 9 }],
  deadLetters: 0,
  forks: 0,
  gappedSessions: 0,
  disk: { freeBytes: 50, totalBytes: 100 },
  ...change,
});

describe('the verdict', () => {
  it('is good where everything runs', () => {
    expect(verdictOf(view())).toEqual({
      tone: 'ok',
      title: 'Everything is being recorded.',
      reasons: [],
    });
    expect(verdictOf(view({ disk: null })).tone).toBe('ok');
  });

  it.each<[string, Partial<PipelineView>]>([
    [
      'capture-1 does not report',
      {
        instances: [instance(), instance({ name: 'capture-1', state: 'silent' }), worker],
      },
    ],
    ['What instances report does not come', { at: '2026-11-22T12:01:00Z' }],
    ['No capture is running', { instances: [instance({ state: 'stopped' }), worker] }],
    ['No capture is running', { instances: [] }],
    ['1 event of capture-0 did not arrive', { instances: [instance({ missing: 1 }), worker] }],
  ])('is bad: %s', (reason, change) => {
    const { tone, reasons } = verdictOf(view(change));
    expect(tone).toBe('danger');
    expect(reasons.join(' ')).toContain(reason);
  });

  it.each<[string, Partial<PipelineView>]>([
    ['No projector is running', { instances: [instance()] }],
    [
      '2,000 offsets behind',
      {
        partitions: [{ topic: 'data', partition: 0, logEnd: 2_000, projectedTo: 0 }],
      },
    ],
    [
      'does not say how far',
      {
        partitions: [{ topic: 'data', partition: 0, logEnd: null, projectedTo: 5 }],
      },
    ],
    ['nearly full', { disk: { freeBytes: 9, totalBytes: 100 } }],
    ['Earlier there were 2 gapped sessions, 1 dead letter.', { gappedSessions: 2, deadLetters: 1 }],
    [
      'capture-1 is lost',
      {
        instances: [instance(), instance({ name: 'capture-1', state: 'lost' }), worker],
      },
    ],
    [
      'api does not report',
      {
        instances: [instance(), instance({ name: 'api', role: 'api', state: 'silent' }), worker],
      },
    ],
  ])('warns: %s', (reason, change) => {
    const { tone, reasons } = verdictOf(view(change));
    expect(tone).toBe('warning');
    expect(reasons.join(' ')).toContain(reason);
  });
});
