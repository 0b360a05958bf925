import type { Page, SessionView } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { mergeNewest } from './merge-newest.js';

const session = (sessionId: string, commands = 0): SessionView => ({
  sessionId,
  identity: 'i',
  target: 't',
  protocol: 'postgres',
  database: 'd',
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: null,
  status: 'open',
  reason: null,
  commands,
  errors: 0,
  rows: 0,
  bytes: 0,
  events: 1,
  source: '',
  clientProgram: '',
  durability: 'strict',
  origin: 'live',
});

const page = (ids: string, nextCursor: string | null = null): Page<SessionView> => ({
  items: [...ids].map((id) => session(id)),
  nextCursor,
});

const ids = (sessions: readonly SessionView[]): string =>
  sessions.map(({ sessionId }) => sessionId).join('');

describe('the newest page', () => {
  it('is put before what was loaded, without doubling it', () => {
    const merged = mergeNewest([page('cb', 'x'), page('a')], page('edcb', 'x'));
    expect(ids(merged.sessions)).toBe('edcba');
    expect(ids(merged.added)).toBe('ed');
    expect(merged.hole).toBe(false);
  });

  it('renews what was loaded', () => {
    const newest = { items: [session('a', 9)], nextCursor: null };
    expect(mergeNewest([page('a')], newest).sessions[0]?.commands).toBe(9);
  });

  it('leaves a hole when more came than it holds', () => {
    expect(mergeNewest([page('ba')], page('yx', 'more')).hole).toBe(true);
    expect(mergeNewest([page('')], page('yx', 'more')).hole).toBe(false);
  });

  it('may not be there yet', () => {
    expect(ids(mergeNewest([page('ba')], undefined).sessions)).toBe('ba');
  });
});
