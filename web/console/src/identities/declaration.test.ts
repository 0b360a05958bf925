import type { IdentityDetailView } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { blankDeclaration, bodyOf, lifetimesOf } from './declaration.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const known = {
  identity: 'ci:shop',
  issuer: 'https://ci.example.org',
  owner: 'olga',
  team: '',
  purpose: 'deploys',
  environment: 'production',
  expiresAt: '2027-01-01T00:00:00.000000000Z',
} as IdentityDetailView;

describe('a declaration', () => {
  it('says again what it is not changed in, also until when', () => {
    expect(bodyOf(blankDeclaration(known, NOW), 'because', NOW)).toEqual({
      issuer: 'https://ci.example.org',
      owner: 'olga',
      purpose: 'deploys',
      environment: 'production',
      expiresAt: '2027-01-01T00:00:00.000000000Z',
      reason: 'because',
    });
    expect(lifetimesOf(known, NOW)[0]?.label).toBe('Until 2027-01-01 00:00 UTC, as now');
  });

  it('is for a time from now, or for ever', () => {
    const blank = { ...blankDeclaration(undefined, NOW), owner: ' olga ', until: '30' };
    const body = { owner: 'olga', reason: 'r' };
    const expiresAt = '2026-12-23T12:00:00.000Z';
    expect(bodyOf(blank, 'r', NOW)).toEqual({ ...body, expiresAt });
    expect(bodyOf({ ...blank, until: 'ever' }, 'r', NOW)).toEqual(body);
  });

  it('takes nothing over from another name, nor a time that is past', () => {
    const through = { ...known, through: 'all of shop', subjectPattern: 'repo:*' };
    expect(blankDeclaration(through, NOW)).toMatchObject({
      issuer: 'https://ci.example.org',
      owner: '',
      subjectPattern: '',
      until: 'ever',
    });
    const over = { ...known, state: 'expired' as const, expiresAt: '2026-01-01T00:00:00Z' };
    expect(blankDeclaration(over, NOW).until).toBe('ever');
    expect(lifetimesOf(over, NOW)[0]?.value).toBe('ever');
  });
});
