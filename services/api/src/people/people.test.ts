import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../limits.js';
import { PersonSessions } from './person-sessions.js';
import { RateLimit } from './rate-limit.js';
import { SignInCodes } from './sign-in-codes.js';

let now: number;
beforeEach(() => {
  now = 1_000_000;
});
const clock = () => now;

describe('sign-in codes', () => {
  it('work once, in any order, until they are too old', () => {
    const codes = new SignInCodes(clock);
    const [a, b, c] = [codes.create(), codes.create(), codes.create()];
    expect(new Set([a.code, b.code, c.code]).size).toBe(3);
    expect(codes.redeem(b.code)).toBe(true);
    expect(codes.redeem(b.code)).toBe(false);
    expect(codes.redeem(a.code)).toBe(true);
    expect(codes.redeem('')).toBe(false);
    now = c.expiresAt;
    expect(codes.redeem(c.code)).toBe(false);
  });

  it('give way to newer ones where too many are unused', () => {
    const codes = new SignInCodes(clock);
    const first = codes.create();
    const second = codes.create();
    for (let n = 1; n < LIMITS.signInCodes; n += 1) codes.create();
    expect(codes.redeem(first.code)).toBe(false);
    expect(codes.redeem(second.code)).toBe(true);
  });
});

describe('cookies', () => {
  it('are of one person until they sign out', () => {
    const sessions = new PersonSessions(clock);
    const cookie = sessions.begin();
    expect(sessions.find(cookie)).toMatchObject({ actor: 'local-admin', by: 'cookie' });
    sessions.end('nonsense');
    sessions.end(cookie);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('are believed only with our signature', () => {
    const sessions = new PersonSessions(clock);
    const [id = '', signature = ''] = sessions.begin().split('.');
    const other = new PersonSessions(clock).begin();
    const wrong = ['', '.', id, `${id}.`, `${id}.${signature.slice(1)}`, `.${signature}`, other];
    expect(wrong.filter((cookie) => sessions.find(cookie) !== undefined)).toEqual([]);
    expect(sessions.find(`${id}.${signature}`)).toBeDefined();
  });

  it('are of so many people at most', () => {
    const sessions = new PersonSessions(clock);
    const first = sessions.begin();
    for (let n = 0; n < LIMITS.people; n += 1) sessions.begin();
    expect(sessions.find(first)).toBeUndefined();
  });
});

describe('a rate limit', () => {
  it('counts each source by itself, minute by minute', () => {
    const limit = new RateLimit(2, clock);
    expect([1, 2, 3].map(() => limit.allows('a'))).toEqual([true, true, false]);
    expect(limit.allows('b')).toBe(true);
    now += 59_999;
    expect(limit.allows('a')).toBe(false);
    now += 1;
    expect(limit.allows('a')).toBe(true);
  });

  it('remembers so many sources and no more', () => {
    const limit = new RateLimit(1, clock);
    limit.allows('first');
    for (let n = 0; n < LIMITS.sources; n += 1) limit.allows(String(n));
    expect(limit.allows('first')).toBe(true);
    expect(limit.allows(String(LIMITS.sources - 1))).toBe(false);
  });
});
