import { describe, expect, it } from 'vitest';
import { sessionStatus } from './session-status.js';

const whole = {
  closed: true,
  reason: 'client-closed',
  events: 4,
  lastPosition: 3,
  gaps: 0,
  forks: 0,
  owner: '',
  late: false,
};

describe('the status of a session', () => {
  it('is read from its totals', () => {
    expect(sessionStatus(whole)).toBe('complete');
    expect(sessionStatus({ ...whole, reason: 'a-reason-of-tomorrow' })).toBe('complete');
    expect(sessionStatus({ ...whole, closed: false, reason: '' })).toBe('open');
    for (const reason of ['process-lost', 'protocol-error', 'log-failed', 'target-lost']) {
      expect(sessionStatus({ ...whole, reason }), reason).toBe('failed');
    }
  });

  it('is that of its owner while it runs', () => {
    const running = { ...whole, closed: false, reason: '' };
    expect(sessionStatus({ ...running, owner: 'instance.silent' })).toBe('silent');
    expect(sessionStatus({ ...running, owner: 'instance.heard' })).toBe('open');
    expect(sessionStatus({ ...running, owner: 'instance.lost' })).toBe('failed');
    expect(sessionStatus({ ...whole, owner: 'instance.silent' })).toBe('complete');
    expect(sessionStatus({ ...whole, owner: 'instance.lost' })).toBe('complete');
    expect(sessionStatus({ ...running, gaps: 1, owner: 'instance.silent' })).toBe('gapped');
  });

  it('stays failed whatever comes after its owner was declared lost', () => {
    const late = { ...whole, owner: 'instance.lost', late: true };
    expect(sessionStatus(late)).toBe('failed');
    expect(sessionStatus({ ...late, closed: false, reason: '' })).toBe('failed');
    expect(sessionStatus({ ...late, events: 3 })).toBe('gapped');
  });

  it('says that something is missing before anything else', () => {
    expect(sessionStatus({ ...whole, events: 3 })).toBe('gapped');
    expect(sessionStatus({ ...whole, gaps: 1 })).toBe('gapped');
    expect(sessionStatus({ ...whole, forks: 1 })).toBe('gapped');
    expect(sessionStatus({ ...whole, closed: false, events: 3 })).toBe('gapped');
    expect(sessionStatus({ ...whole, reason: 'process-lost', gaps: 1 })).toBe('gapped');
  });
});
