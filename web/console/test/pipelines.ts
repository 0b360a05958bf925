import type { InstanceView, PipelineView } from '@steno/proto';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

function instance(name: string, role: string, change: Partial<InstanceView> = {}): InstanceView {
  return {
    name,
    boot: `${name}-boot`,
    role,
    version: '0.1.0',
    state: 'running',
    since: ago(7200),
    startedAt: ago(7200),
    lastHeardAt: ago(4),
    emitted: 48_211,
    missing: 0,
    openSessions: role === 'capture' ? 3 : 0,
    ...change,
  };
}

/** Everything runs. */
export function quietPipeline(): PipelineView {
  return {
    at: ago(0),
    instances: [
      instance('steno-api', 'api'),
      instance('steno-capture-0', 'capture'),
      instance('steno-capture-1', 'capture'),
      instance('steno-projector', 'worker'),
      instance('steno-projector-old', 'worker', { state: 'stopped', since: ago(7300) }),
    ],
    partitions: [
      { topic: 'data', partition: 0, logEnd: 120_034, projectedTo: 120_034 },
      { topic: 'data', partition: 1, logEnd: 98_120, projectedTo: 98_117 },
      { topic: 'control', partition: 0, logEnd: 41, projectedTo: 41 },
      { topic: 'activity', partition: 0, logEnd: 911, projectedTo: 911 },
      { topic: 'heartbeat', partition: 0, logEnd: 7_113, projectedTo: 7_113 },
    ],
    deadLetters: 0,
    forks: 0,
    gappedSessions: 0,
    disk: { freeBytes: 612_000_000_000, totalBytes: 1_000_000_000_000 },
  };
}

/** One capture does not report, another lost events, and more is not as it should be. */
export function troubledPipeline(): PipelineView {
  return {
    ...quietPipeline(),
    instances: [
      instance('steno-api', 'api'),
      instance('steno-capture-0', 'capture', { missing: 12 }),
      instance('steno-capture-1', 'capture', {
        state: 'silent',
        since: ago(95),
        lastHeardAt: ago(95),
      }),
      instance('steno-capture-2', 'capture', { state: 'lost', since: ago(900), lastHeardAt: null }),
      instance('steno-projector', 'worker'),
    ],
    partitions: [{ topic: 'data', partition: 0, logEnd: null, projectedTo: 120_034 }],
    deadLetters: 2,
    gappedSessions: 1,
    disk: null,
  };
}
