import { create } from '@bufbuild/protobuf';
import { EnvelopeSchema, UserAddedSchema, UserRemovedSchema } from '@steno/proto';
import { expect, it } from 'vitest';
import { Users } from './users.js';

const TOKEN = Uint8Array.of(1);
const NEWER = Uint8Array.of(2);

function added(users: Users, more: object = {}): void {
  const value = create(UserAddedSchema, {
    name: 'ann',
    roles: ['approver', 'emperor'],
    groups: ['dba'],
    tokenDigest: TOKEN,
    tokenExpiresAt: 100n,
    ...more,
  });
  users.take(create(EnvelopeSchema, { facts: { case: 'userAdded', value } }));
}

it('knows a person by the token, until it expires', () => {
  const users = new Users();
  added(users);
  expect(users.withToken(TOKEN, 99n)).toMatchObject({
    name: 'ann',
    roles: ['approver'],
    groups: ['dba', 'approvers'],
  });
  expect(users.withToken(TOKEN, 100n)).toBeUndefined();
  expect(users.withToken(NEWER, 0n)).toBeUndefined();
});

it('voids a token by another one, and by the removal of the person', () => {
  const users = new Users();
  added(users);
  added(users, { tokenDigest: NEWER, roles: ['auditor'] });
  expect(users.withToken(TOKEN, 0n)).toBeUndefined();
  expect(users.withToken(NEWER, 0n)?.groups).toEqual(['dba']);
  expect([...users.all()]).toHaveLength(1);
  const value = create(UserRemovedSchema, { name: 'ann' });
  users.take(create(EnvelopeSchema, { facts: { case: 'userRemoved', value } }));
  expect(users.withToken(NEWER, 0n)).toBeUndefined();
  expect(users.get('ann')).toBeUndefined();
});
