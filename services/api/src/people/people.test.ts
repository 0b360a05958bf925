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
    const [a, b, c] = [codes.create('ann'), codes.create('ann'), codes.create('ann')];
    expect(new Set([a.code, b.code, c.code]).size).toBe(3);
    expect(codes.redeem(b.code)).toBe('ann');
    expect(codes.redeem(b.code)).toBeUndefined();
    expect(codes.redeem(a.code)).toBe('ann');
    expect(codes.redeem('')).toBeUndefined();
    now = c.expiresAt;
    expect(codes.redeem(c.code)).toBeUndefined();
  });

  it('give way to newer ones where too many are unused', () => {
    const codes = new SignInCodes(clock);
    const first = codes.create('ann');
    const second = codes.create('ann');
    for (let n = 1; n < LIMITS.signInCodes; n += 1) codes.create('ann');
    expect(codes.redeem(first.code)).toBeUndefined();
    expect(codes.redeem(second.code)).toBe('ann');
  });
});

describe('cookies', () => {
  it('are of one person until they sign out', () => {
    const sessions = new PersonSessions(clock);
    const cookie = sessions.begin('ann');
    expect(sessions.find(cookie)).toBe('ann');
    sessions.end('nonsense');
    sessions.end(cookie);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('are believed only with our signature', () => {
    const sessions = new PersonSessions(clock);
    const [id = '', signature = ''] = sessions.begin('ann').split('.');
    const other = new PersonSessions(clock).begin('ann');
    const wrong = ['', '.', id, `${id}.`, `${id}.${signature.slice(1)}`, `.${signature}`, other];
    expect(wrong.filter((cookie) => sessions.find(cookie) !== undefined)).toEqual([]);
    expect(sessions.find(`${id}.${signature}`)).toBeDefined();
  });

  it('are of so many people at most', () => {
    const sessions = new PersonSessions(clock);
    const first = sessions.begin('ann');
    for (let n = 0; n < LIMITS.people; n += 1) sessions.begin('ann');
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
