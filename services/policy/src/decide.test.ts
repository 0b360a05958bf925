import { describe, expect, it } from 'vitest';
import { authorize, decide } from './index.js';

const context = { identity: 'ci/deploy', target: 'orders', protocol: 'postgres' };

describe('decide', () => {
  it('allows everything while there is no policy, and the rule says so', () => {
    const decision = decide({ kind: 'query' }, context);
    expect(decision).toEqual({ effect: 'allow', rule: 'no-policy', policyVersion: '' });
  });
});

describe('authorize', () => {
  it('gives the proof for allow alone', () => {
    const command = { kind: 'query' };
    const ruled = { rule: 'r', policyVersion: '1' };
    expect(authorize(command, { ...ruled, effect: 'allow' })).toBe(command);
    expect(authorize(command, { ...ruled, effect: 'deny' })).toBeUndefined();
    expect(authorize(command, { ...ruled, effect: 'hold' })).toBeUndefined();
  });
});
