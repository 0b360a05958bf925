import { expect, it } from 'vitest';
import { parseReference } from './credential-reference.js';

it.each([
  ['env:A', { scheme: 'env' }],
  ['file:./a b', { scheme: 'file' }],
  ['vault:kv/a/b.c#d', { scheme: 'vault-kv', path: 'a/b.c', field: 'd' }],
  ['vault:database/read-only', { scheme: 'vault-database', role: 'read-only' }],
  ['sealed:orders', { scheme: 'sealed', name: 'orders' }],
])('%s is a reference', (text, reference) => {
  expect(parseReference(text)).toEqual(reference);
});

it.each([
  'hunter2',
  'env:',
  'env:a-b',
  'file:',
  'vault:kv/a',
  'vault:kv/a/../b#c',
  'vault:kv/./b#c',
  'vault:kv/..#c',
  'vault:kv/a//b#c',
  'vault:kv/a%2e#c',
  'vault:kv/a?b#c',
  'vault:database/..',
  'vault:database/a/b',
  'vault:other/a',
  'sealed:',
  'sealed:../a',
])('%s is none', (text) => {
  expect(parseReference(text)).toBeUndefined();
});
