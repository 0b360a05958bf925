import { create } from '@bufbuild/protobuf';
import { KeyIssuedSchema, KeyRevokedSchema, EnvelopeSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { beforeEach, expect, it } from 'vitest';
import { ApiKeys, KEY_LIFETIME_MAX_NS, keyState } from './api-keys.js';

const DIGEST = Uint8Array.of(1, 2, 3);

let keys: ApiKeys;
beforeEach(() => {
  keys = new ApiKeys();
});

const take = (facts: Envelope['facts'], occurredAt = 0n) =>
  keys.take(create(EnvelopeSchema, { occurredAt, facts }));

const issue = (more: object = {}, occurredAt = 0n) => {
  const usual = { keyId: 'k', name: 'loader', identity: 'etl/loader', owner: 'olga' };
  const rest = { groups: ['etl'], keyDigest: DIGEST, expiresAt: 100n, actor: 'ann' };
  const value = create(KeyIssuedSchema, { ...usual, ...rest, ...more });
  take({ case: 'keyIssued', value }, occurredAt);
};
const revoke = (keyId = 'k') => {
  const facts = { keyId, name: 'loader', actor: 'bob', reason: 'leaked' };
  return take({ case: 'keyRevoked', value: create(KeyRevokedSchema, facts) });
};

it('is found by its digest, and good for its time', () => {
  issue({}, 5n);
  const key = keys.withDigest(DIGEST);
  expect(key).toMatchObject({ identity: 'etl/loader', owner: 'olga', issuedAt: 5n });
  expect(key && keyState(key, 99n)).toBe('good');
  expect(key && keyState(key, 100n)).toBe('expired');
  expect(keys.withDigest(Uint8Array.of(1, 2))).toBeUndefined();
});

it('is good for no longer than any may be, whatever was said', () => {
  issue({ expiresAt: KEY_LIFETIME_MAX_NS * 5n }, 7n);
  expect(keys.get('k')?.expiresAt).toBe(KEY_LIFETIME_MAX_NS + 7n);
});

it('is revoked once, and its name is free then', () => {
  issue();
  expect(keys.named('loader')?.keyId).toBe('k');
  expect(revoke()?.revoked).toEqual({ actor: 'bob', reason: 'leaked' });
  expect(revoke()).toBeUndefined();
  expect(revoke('another')).toBeUndefined();
  expect(keys.named('loader')).toBeUndefined();
  issue({ keyId: 'k2', keyDigest: Uint8Array.of(4) });
  expect(keys.named('loader')?.keyId).toBe('k2');
  expect([...keys.all()].map((key) => keyState(key, 5n))).toEqual(['revoked', 'good']);
});

it('cannot be taken over by another of its id or digest', () => {
  issue();
  issue({ identity: 'root', keyDigest: Uint8Array.of(9) });
  issue({ identity: 'root', keyId: 'other' });
  expect(keys.size).toBe(1);
  expect(keys.withDigest(DIGEST)?.identity).toBe('etl/loader');
  expect(keys.withDigest(Uint8Array.of(9))).toBeUndefined();
});

it('is forgotten long after its end', () => {
  issue();
  issue({ keyId: 'k2', keyDigest: Uint8Array.of(4) }, KEY_LIFETIME_MAX_NS + 99n);
  expect(keys.get('k')).toBeDefined();
  issue({ keyId: 'k3', keyDigest: Uint8Array.of(5) }, KEY_LIFETIME_MAX_NS + 100n);
  expect(keys.get('k')).toBeUndefined();
  expect(keys.withDigest(DIGEST)).toBeUndefined();
});
