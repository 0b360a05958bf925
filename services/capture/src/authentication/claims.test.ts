import { describe, expect, it } from 'vitest';
import { findActors, findRun, recordClaims } from './claims.js';
import { TOKEN_LIMITS } from './settings.js';

describe('recordClaims', () => {
  it('keeps well-known and wanted claims, and those about people apart', () => {
    const claims = {
      iss: 'i',
      sub: 's',
      exp: 1,
      run_id: 42,
      team: 'payments',
      other: 'not asked for',
      email: 'ann@example.com',
      actor: 'ann',
    };
    expect(recordClaims(claims, ['team'])).toEqual({
      claims: { run_id: '42', team: 'payments' },
      personalClaims: { email: 'ann@example.com', actor: 'ann' },
    });
  });

  it('keeps everything else too where all are wanted', () => {
    expect(recordClaims({ iss: 'i', made_up: true, list: [1, 'b'] }, 'all').claims).toEqual({
      made_up: 'true',
      list: '[1,"b"]',
    });
  });

  it('is bounded in number and length', () => {
    const claims = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`c${index}`, 'x'.repeat(5000)]),
    );
    const kept = Object.values(recordClaims(claims, 'all').claims);
    expect(kept).toHaveLength(TOKEN_LIMITS.recordedClaims);
    expect(kept[0]).toHaveLength(TOKEN_LIMITS.claimLength);
  });
});

describe('findRun', () => {
  it('recognises GitHub', () => {
    const claims = { repository: 'a/b', run_id: '9', run_attempt: '2', workflow: 'ci', sha: 'f00' };
    expect(findRun(claims)).toEqual({
      provider: 'github',
      repository: 'a/b',
      workflow: 'ci',
      id: '9',
      attempt: '2',
      job: '',
      commit: 'f00',
    });
  });

  it('recognises GitLab', () => {
    const claims = { project_path: 'g/p', pipeline_id: 5, job_id: '6', sha: 'f00' };
    expect(findRun(claims)).toMatchObject({ provider: 'gitlab', id: '5', job: '6' });
  });

  it('finds none elsewhere', () => expect(findRun({ sub: 'x' })).toBeUndefined());
});

describe('findActors', () => {
  it('goes from the one that acts to the one on whose behalf', () => {
    const claims = { sub: 'ann', act: { sub: 'agent-2', act: { sub: 'agent-1' } } };
    expect(findActors(claims)).toEqual(['agent-2', 'agent-1', 'ann']);
  });

  it('is empty where nobody acts for another', () => expect(findActors({ sub: 'x' })).toEqual([]));

  it('ends on a chain without end', () => {
    const act: Record<string, unknown> = { sub: 'a' };
    act['act'] = act;
    expect(findActors({ sub: 'x', act })).toHaveLength(TOKEN_LIMITS.actors);
  });
});
