import { create } from '@bufbuild/protobuf';
import {
  EnvelopeSchema,
  TokenIssuedSchema,
  TokenRevokedSchema,
  UserRemovedSchema,
} from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { beforeEach, expect, it } from 'vitest';
import { PersonalTokens } from './personal-tokens.js';

const ANN = 'https://login.acme.test#00u1';
const DIGEST = Uint8Array.of(1, 2, 3);

let tokens: PersonalTokens;
beforeEach(() => {
  tokens = new PersonalTokens();
});

const take = (facts: Envelope['facts'], occurredAt = 0n) =>
  tokens.take(create(EnvelopeSchema, { occurredAt, facts }));

const issue = (more: object = {}, occurredAt = 0n) => {
  const usual = { tokenId: 't', actor: ANN, actorName: 'ann', roles: ['auditor', 'emperor'] };
  const rest = { groups: ['sre'], tokenDigest: DIGEST, expiresAt: 100n, label: 'laptop' };
  const value = create(TokenIssuedSchema, { ...usual, ...rest, ...more });
  take({ case: 'tokenIssued', value }, occurredAt);
};

it('is valid for its time, with the roles that there are', () => {
  issue({}, 5n);
  const token = { tokenId: 't', actor: ANN, name: 'ann', label: 'laptop', issuedAt: 5n };
  const rights = { roles: ['auditor'], groups: ['sre'], expiresAt: 100n };
  expect(tokens.withDigest(DIGEST, 99n)).toEqual({ ...token, ...rights });
  expect(tokens.withDigest(DIGEST, 100n)).toBeUndefined();
  expect(tokens.withDigest(Uint8Array.of(1, 2), 5n)).toBeUndefined();
  expect(tokens.of(ANN, 99n)).toHaveLength(1);
  expect(tokens.of(ANN, 100n)).toEqual([]);
  expect(tokens.of('ann', 5n)).toEqual([]);
});

it('ends when it is revoked, and with the person', () => {
  issue();
  take({ case: 'tokenRevoked', value: create(TokenRevokedSchema, { tokenId: 'x' }) });
  expect(tokens.of(ANN, 1n)).toHaveLength(1);
  take({ case: 'tokenRevoked', value: create(TokenRevokedSchema, { tokenId: 't' }) });
  expect(tokens.withDigest(DIGEST, 1n)).toBeUndefined();
  issue();
  take({ case: 'userRemoved', value: create(UserRemovedSchema, { name: ANN }) });
  expect([...tokens.all()]).toEqual([]);
  expect(tokens.withDigest(DIGEST, 1n)).toBeUndefined();
});

it('takes nobody else\u2019s place, and is forgotten when it is over', () => {
  issue();
  issue({ tokenId: 'other', actor: 'eve' });
  issue({ actor: 'eve', tokenDigest: Uint8Array.of(9) });
  expect([...tokens.all()].map(({ actor }) => actor)).toEqual([ANN]);
  issue({ tokenId: 'later', tokenDigest: Uint8Array.of(9) }, 100n);
  expect([...tokens.all()].map(({ tokenId }) => tokenId)).toEqual(['later']);
});
