import { expect, it } from 'vitest';
import { ended, heldCommand } from '../../test/approvals.js';
import { validateApprovalsSearch } from './search.js';
import { arrange, lineOf } from './arrange.js';
import { leftOf } from './countdown.js';
import { changedBinds } from './difference.js';

it('what waits stands as it came, what ended with the last one first', () => {
  const [refused, expired, withdrawn, overridden] = ended();
  const waiting = [heldCommand(1), heldCommand(2)];
  const unheard = { ...expired, endedAt: null, expiresAt: '2020-01-01T00:00:00Z' };
  const all = [refused, unheard, ...waiting, withdrawn, overridden].map((each) => ({
    ...heldCommand(0),
    ...each,
  }));
  const stale = { ...heldCommand(0), ...refused, state: 'waiting' as const };
  const found = arrange([stale, ...waiting], all);
  expect(found.waiting.map(({ approvalId }) => approvalId)).toEqual(
    waiting.map(({ approvalId }) => approvalId),
  );
  expect(found.ended.map(({ state }) => state)).toEqual([
    'overridden',
    'withdrawn',
    'refused',
    'expired',
  ]);
});

it('a command is one line in the list', () => {
  expect(lineOf(heldCommand(1, { command: '\n  select\u2028  1\t;\n' }))).toBe('select 1 ;');
  expect(lineOf(heldCommand(1, { command: `${' '.repeat(1000)}select 2` }))).toBe('select 2');
  expect(lineOf(heldCommand(1, { command: null }))).toBe('(the text is not there)');
  const call = { command: '', kind: 'function-call', calls: ['pg_catalog.lo_unlink'] };
  expect(lineOf(heldCommand(1, call))).toBe('(function-call pg_catalog.lo_unlink)');
});

it('the time that is left has a tone', () => {
  const at = Date.parse('2026-11-23T08:00:00Z');
  const left = (seconds: number) => leftOf(new Date(at + seconds * 1000).toISOString(), at);
  expect(left(3723)).toEqual({ text: '1:02:03', tone: 'plain' });
  expect(left(119.2)).toEqual({ text: '2:00', tone: 'warning' });
  expect(left(5)).toEqual({ text: '0:05', tone: 'danger' });
  expect(left(0)).toEqual({ text: '0:00', tone: 'danger' });
  expect(leftOf('soon', at)).toEqual({ text: '0:00', tone: 'danger' });
});

it('values are compared one by one', () => {
  expect(changedBinds(['a', null, 'c'], ['a', 'b'])).toEqual([
    { name: '$2', earlier: 'NULL', later: 'b' },
    { name: '$3', earlier: 'c', later: '–' },
  ]);
  expect(changedBinds([], [])).toEqual([]);
});

it('the address says whether those that ended are shown', () => {
  expect(validateApprovalsSearch({ show: 'all', e: '1' })).toEqual({ show: 'all' });
  expect(validateApprovalsSearch({ show: 'none' })).toEqual({});
});
