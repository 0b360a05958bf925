import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { rulesOf } from './rules-of.js';

const shipped = (name: string) => {
  const file = new URL(`../../../../deploy/policies/${name}`, import.meta.url);
  return { name, text: readFileSync(file, 'utf8') };
};

it('names the rules as decisions do', () => {
  const files = ['read-only.cedar', 'held-writes.cedar', 'mask-pii.cedar'].map(shipped);
  expect([...rulesOf(files).keys()]).toEqual([
    ...['read-only/permit-rest', 'read-only/no-changes', 'read-only/no-opaque'],
    ...['held-writes/permit-reads', 'held-writes/hold-writes', 'held-writes/hold-opaque'],
    'mask-pii/mask-pii',
  ]);
});

it('sees through comments, strings and what has no name', () => {
  const text = `// @id("none"); permit
@description("a \\" ; @id(\\"x\\") // b")
@id("named") permit (principal, action, resource) when { "@id(\\"y\\")" == "a;b" };
forbid (principal, action, resource);`;
  const rules = rulesOf([{ name: 'folder/a.cedar', text }]);
  expect([...rules.keys()]).toEqual(['a/named', 'a/policy1']);
  const spaced = rulesOf([{ name: 'a.cedar', text: text.replaceAll(' (', '\n  (') }]);
  expect(spaced.get('a/policy1')).toBe(rules.get('a/policy1'));
  expect([...rulesOf([{ name: 'b', text: '// nothing; here' }]).keys()]).toEqual([]);
});
