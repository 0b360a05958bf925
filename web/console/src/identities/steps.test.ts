import type { LifecycleView } from '@steno/proto';
import { expect, it } from 'vitest';
import { stepsOf } from './steps.js';

const life = (...steps: readonly string[]): LifecycleView[] =>
  steps.map((step) => {
    const [said = '', isVoid] = step.split(' ');
    const entry = { said: said as LifecycleView['said'], actor: 'ann', reason: 'r', at: '' };
    return isVoid === undefined ? entry : { ...entry, void: 'no' };
  });

it.each([
  ['', 'declare suspend revoke'],
  ['declared', 'approve owner declare suspend revoke'],
  ['declared approved', 'owner declare suspend revoke'],
  ['declared approved suspended', 'resume owner declare revoke'],
  ['declared suspended', 'resume owner declare revoke'],
  ['declared suspended resumed', 'approve owner declare suspend revoke'],
  ['suspended', 'resume declare revoke'],
  ['declared approved revoked', 'declare'],
  ['revoked declared', 'approve owner declare'],
  ['revoked declared approved', 'owner declare suspend revoke'],
  ['declared expired', 'owner declare suspend revoke'],
  ['declared expired declared', 'approve owner declare suspend revoke'],
])('after %j may be said: %s', (steps, verbs) => {
  const entries = steps === '' ? [] : life(...steps.split(' '));
  expect(stepsOf(entries).join(' ')).toBe(verbs);
});

it('what did not count changes nothing', () => {
  expect(stepsOf(life('declared', 'approved void', 'revoked void'))).toContain('approve');
});
