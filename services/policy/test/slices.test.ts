import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readPolicies } from '../src/cedar/policy-files.js';
import { connectRequest } from '../src/cedar/requests.js';
import { Slices } from '../src/cedar/slices.js';
import { groupOf } from '../src/cedar/vocabulary.js';
import { asking } from './asking.js';

const PARTIES = [
  'principal',
  'principal == Identity::"ci/deploy"',
  'principal == Identity::"other"',
  'principal in Group::"deployers"',
  'principal in Group::"others"',
  'principal in Identity::"ci/deploy"',
  'principal is Identity',
  'principal is Identity in Group::"others"',
  'principal is Identity in Identity::"ci/deploy"',
];
const ACTIONS = [
  'action',
  'action == Action::"select"',
  'action == Action::"insert"',
  'action in Action::"read"',
  'action in Action::"select"',
  'action in [Action::"write", Action::"show"]',
  'action in [Action::"drop"]',
];
const ASKED = ['select', 'insert', 'show', 'drop', 'other'];
const GROUPS = [[], ['deployers'], ['others', 'deployers']];
let sets = 0;

it('have the rules that decide', () => {
  const rule = fc
    .tuple(
      fc.constantFrom('permit', 'forbid'),
      fc.constantFrom(...PARTIES),
      fc.constantFrom(...ACTIONS),
    )
    .map(([effect, party, action]) => `${effect} (${party}, ${action}, resource);`);
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 12 }), (texts) => {
      const read = readPolicies([{ name: 'test.cedar', text: texts.join('\n') }]);
      if ('problems' in read) throw new Error(JSON.stringify(read.problems));
      sets += 1;
      const whole = `whole ${sets}`;
      const policies = Object.fromEntries(read.rules.map(({ name, text }) => [name, text]));
      preparsePolicySet(whole, { staticPolicies: policies });
      const slices = Slices.prepare(`sliced ${sets}`, read.rules);
      if ('errors' in slices) throw new Error(JSON.stringify(slices.errors));
      for (const groups of GROUPS) {
        for (const action of ASKED) {
          const identity = { ...asking.identity, name: 'ci/deploy', groups };
          const request = requestOf(identity, action);
          const sliced = slices.of(identity, action);
          const saying = `${action} by ${groups.join()}: ${texts.join('\n')}`;
          const [bySlice, byWhole] = [sliced, whole].map((preparsedPolicySetId) =>
            answerTo({ ...request, preparsedPolicySetId }),
          );
          expect(bySlice, saying).toEqual(byWhole);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('leave out who and what a rule is not about', () => {
  const text = PARTIES.map((party) => `permit (${party}, action == Action::"select", resource);`);
  const read = readPolicies([{ name: 'test.cedar', text: text.join('\n') }]);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const slices = Slices.prepare('left out', read.rules);
  if ('errors' in slices) throw new Error(JSON.stringify(slices.errors));
  const all = { name: 'ci/deploy', groups: ['deployers', 'others'] };
  const select = slices.of(all, 'select');
  expect(slices.of(all, 'select')).toBe(select);
  expect(slices.of({ ...all, groups: ['unheard of'] }, 'select')).not.toBe(select);
  const none = slices.of(all, 'insert');
  expect(slices.of({ name: 'anybody', groups: [] }, 'drop')).toBe(none);
  const request = requestOf({ ...asking.identity, ...all }, 'insert');
  const answer = statefulIsAuthorized({ ...request, preparsedPolicySetId: none });
  expect(answer).toMatchObject({ type: 'success', response: { decision: 'deny' } });
});

function answerTo(question: StatefulAuthorizationCall) {
  const answer = statefulIsAuthorized(question);
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  const { decision, diagnostics } = answer.response;
  return { decision, errors: diagnostics.errors, rules: diagnostics.reason.toSorted() };
}

function requestOf(identity: typeof asking.identity, action: string) {
  const request = connectRequest({ ...asking, identity });
  const group = groupOf(action);
  const uid = { type: 'Action', id: action };
  const parents = group === undefined ? [] : [{ type: 'Action', id: group }];
  const entities = [...request.entities, { uid, attrs: {}, parents }];
  return { ...request, action: uid, entities };
}
