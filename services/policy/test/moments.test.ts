import { beforeAll, describe, expect, it } from 'vitest';
import {
  Rulebook,
  SessionRuler,
  UNKNOWN_CATALOG,
  grammarLoaded,
  ruleOnSession,
  StatementText,
} from '../src/index.js';
import { asking } from './asking.js';

const MINUTE = 60_000;
const PERMIT = 'permit (principal, action, resource)';

beforeAll(() => grammarLoaded);

function compile(text: string): Rulebook {
  const compiled = Rulebook.compile([{ name: 'p.cedar', text }], text);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled;
}

/** A session that rules at the time that it is given. */
function session(text: string) {
  const rulebook = compile(text);
  let now = asking.openedAt;
  const ruler = new SessionRuler(asking, {
    rulebook,
    catalog: UNKNOWN_CATALOG,
    searchPath: ['public'],
    isCatalogOld: false,
    catalogChanged: () => undefined,
    now: () => now,
  });
  return {
    at: (milliseconds: number, sql = 'SELECT 1') => {
      now = asking.openedAt + milliseconds;
      return ruler.rule(() => [new StatementText(sql)]).effect;
    },
  };
}

describe('what a ruling holds for a moment', () => {
  it('is the time of day, to the minute', () => {
    const { at } = session(`${PERMIT} when { context.time.toTime() < duration("9h32m") };`);
    expect([at(0), at(MINUTE), at(2 * MINUTE)]).toEqual(['allow', 'allow', 'deny']);
  });

  it('is the day of the week', () => {
    const { at } = session(`${PERMIT} when { context.weekday <= 5 };`);
    const days = [0, 1, 2, 3, 4, 5, 6, 7].map((day) => at(day * 24 * 60 * MINUTE));
    expect(days).toEqual(['allow', 'allow', 'allow', 'allow', 'allow', 'deny', 'deny', 'allow']);
  });

  it('is how long the session runs', () => {
    const { at } = session(`${PERMIT} unless { context.session.minutes >= 60 };`);
    expect([at(0), at(59 * MINUTE), at(60 * MINUTE)]).toEqual(['allow', 'allow', 'deny']);
  });

  it('is how much of it was denied', () => {
    const { at } = session(`${PERMIT};
      forbid (principal, action == Action::"drop", resource);
      @id("enough") forbid (principal, action, resource) when { context.session.denied >= 2 };`);
    const told = ['SELECT 1', 'DROP TABLE a', 'SELECT 1', 'DROP TABLE a', 'SELECT 1'];
    expect(told.map((sql) => at(0, sql))).toEqual(['allow', 'deny', 'allow', 'deny', 'deny']);
  });

  it('is asked for once where no rule looks at it, in whatever way', () => {
    const without = [
      'context has kinds && context.kinds.contains("a")',
      'context has rowLimit',
      'context["encrypted"]',
    ];
    for (const condition of without) {
      expect(compile(`${PERMIT} when { ${condition} };`).isMomentary).toBe(false);
    }
    for (const condition of ['context["weekday"] == 1', 'context.session["denied"] > 1']) {
      expect(compile(`${PERMIT} when { ${condition} };`).isMomentary).toBe(true);
    }
  });
});

it('opens a session by the time and by whether it is encrypted', () => {
  const text = `permit (principal, action == Action::"connect", resource)
    when { context.encrypted && context.weekday == 1 };`;
  const effectOf = (who: typeof asking) => ruleOnSession(compile(text), who).effect;
  expect(effectOf(asking)).toBe('allow');
  expect(effectOf({ ...asking, encrypted: false })).toBe('deny');
  expect(effectOf({ ...asking, openedAt: asking.openedAt + 24 * 60 * MINUTE })).toBe('deny');
});
