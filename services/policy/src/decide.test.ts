import { describe, expect, it } from 'vitest';
import { authorize } from './decide.js';

describe('authorize', () => {
  it('gives the proof for allow alone', () => {
    const command = { kind: 'query' };
    const ruled = { rule: 'r', policyVersion: '1', reason: '' };
    expect(authorize(command, { ...ruled, effect: 'allow' })).toBe(command);
    expect(authorize(command, { ...ruled, effect: 'deny' })).toBeUndefined();
    expect(authorize(command, { ...ruled, effect: 'hold' })).toBeUndefined();
  });
});
