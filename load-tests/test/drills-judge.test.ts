import { describe, expect, it } from 'vitest';
import { FAST_WINDOW_MS, judge } from '../drills/judge.js';
import type { Evidence, RecordedSession, Statement } from '../drills/judge.js';
import { hasPassed, table, verdictOf } from '../drills/report.js';
import type { Result } from '../drills/report.js';

const KILLED_AT = 1_000_000;
const STALL_MS = 40;

const statement = (number: number, more: Partial<Statement> = {}): Statement => ({
  marker: `d1-n${number}`,
  connection: 'd1',
  capture: 'cap-1',
  durability: 'strict',
  acknowledgedAt: KILLED_AT - 10,
  ...more,
});

const session = (more: Partial<RecordedSession> = {}): RecordedSession => ({
  session: 'a-session',
  connection: 'd1',
  closed: true,
  reason: 'client-closed',
  gaps: 0,
  forks: 0,
  counted: 10,
  countedLast: 9,
  rows: 10,
  positions: 10,
  last: 9,
  ...more,
});

const judged = (more: Partial<Evidence>) =>
  judge({
    statements: [statement(0)],
    kills: [],
    ran: [],
    recorded: new Map([['d1-n0', 1]]),
    sessions: [session()],
    repeatedRows: 0,
    ...more,
  });

const WELL = { acknowledged: 1, lost: 0, inWindow: 0, duplicated: 0, unflagged: 0 };
const failed = session({ reason: 'process-lost' });
const kills = [{ part: 'cap-1', at: KILLED_AT, stallMs: STALL_MS }];

describe('the judge', () => {
  it('is content with what is recorded once', () => {
    expect(judged({})).toEqual({ ...WELL, falselyFlagged: 0, examples: [] });
  });

  it('counts what was acknowledged and is not recorded, also where its session is flagged', () => {
    const recorded = new Map<string, number>();
    expect(judged({ recorded })).toMatchObject({ lost: 1, unflagged: 1 });
    expect(judged({ recorded, sessions: [failed] })).toMatchObject({ lost: 1, unflagged: 0 });
    expect(judged({ recorded, sessions: [] })).toMatchObject({ lost: 1, unflagged: 1 });
  });

  it('never excuses strict by a kill', () => {
    expect(judged({ recorded: new Map(), kills, sessions: [failed] })).toMatchObject({ lost: 1 });
  });

  it.each([
    ['within the window', KILLED_AT - FAST_WINDOW_MS - STALL_MS, 'cap-1', { lost: 0, inWindow: 1 }],
    ['before it', KILLED_AT - FAST_WINDOW_MS - STALL_MS - 1, 'cap-1', { lost: 1, inWindow: 0 }],
    ['long after it', KILLED_AT + FAST_WINDOW_MS + STALL_MS + 1, 'cap-1', { lost: 1, inWindow: 0 }],
    ['by another capture', KILLED_AT, 'cap-2', { lost: 1, inWindow: 0 }],
  ])('takes a fast statement %s for what it is', (_, acknowledgedAt, capture, expected) => {
    const statements = [statement(0, { durability: 'fast', acknowledgedAt, capture })];
    const outcome = judged({ statements, recorded: new Map(), kills, sessions: [failed] });
    expect(outcome).toMatchObject({ ...expected, unflagged: 0 });
  });

  it('holds a strict target to what it did, though nobody was told', () => {
    const statements = [statement(0, { acknowledgedAt: undefined })];
    const recorded = new Map<string, number>();
    expect(judged({ statements, recorded, ran: ['d1-n0'] })).toMatchObject({
      acknowledged: 0,
      lost: 1,
    });
    expect(judged({ statements, recorded })).toMatchObject({ lost: 0 });
  });

  it('counts what stands twice', () => {
    expect(judged({ recorded: new Map([['d1-n0', 2]]) })).toMatchObject({ duplicated: 1 });
    expect(judged({ repeatedRows: 3 })).toMatchObject({ duplicated: 3 });
  });

  it('wants a hole to be shown, and none where there is none', () => {
    const hole = { positions: 9, rows: 9 };
    expect(judged({ sessions: [session(hole)] })).toMatchObject({ unflagged: 1 });
    const shown = session({ ...hole, counted: 9 });
    expect(judged({ sessions: [shown] })).toMatchObject({ unflagged: 0, falselyFlagged: 0 });
    expect(judged({ sessions: [session({ counted: 9 })] })).toMatchObject({ falselyFlagged: 1 });
  });

  it('names some of what is wrong', () => {
    const statements = Array.from({ length: 20 }, (_, number) => statement(number));
    const { examples } = judged({ statements, recorded: new Map() });
    expect(examples).toHaveLength(5);
    expect(examples[0]).toBe('lost d1-n0');
  });
});

const result = (more: Partial<Result> = {}): Result => ({
  fault: 'kill-capture',
  outcome: { ...WELL, falselyFlagged: 0, examples: [] },
  problems: [],
  skipped: undefined,
  took: '',
  ...more,
});

describe('the report', () => {
  it.each(['lost', 'duplicated', 'unflagged', 'falselyFlagged'])('fails what is %s', (what) => {
    const outcome = { ...WELL, falselyFlagged: 0, examples: [], [what]: 1 };
    expect(hasPassed(result({ outcome }))).toBe(false);
    expect(verdictOf(result({ outcome }))).toMatch(/^FAIL/);
  });

  it('passes what is within the window', () => {
    const outcome = { ...WELL, inWindow: 4, falselyFlagged: 0, examples: [] };
    expect(hasPassed(result({ outcome }))).toBe(true);
  });

  it('fails what went otherwise than it should, and says how', () => {
    const wrong = result({ problems: ['in vain until it was day'] });
    expect(hasPassed(wrong)).toBe(false);
    expect(verdictOf(wrong)).toBe('FAIL: in vain until it was day');
  });

  it('aligns its table', () => {
    const skipped = { fault: 'disk-full', outcome: undefined, skipped: 'no right' };
    expect(table([result(), result(skipped)])).toBe(
      [
        'fault         acknowledged  lost  in the window  duplicated  unflagged  verdict',
        'kill-capture             1     0              0           0          0  pass',
        'disk-full                -     -              -           -          -  skipped: no right',
      ].join('\n'),
    );
  });
});
