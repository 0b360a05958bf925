import { create } from '@bufbuild/protobuf';
import { CredentialRemovedSchema, CredentialSealedSchema, EnvelopeSchema } from '@steno/proto';
import { expect, it } from 'vitest';
import { SealedCredentials } from './sealed-credentials.js';

function sealed(book: SealedCredentials, version: number, keyId = 'k'): void {
  const value = create(CredentialSealedSchema, { name: 'orders', version, keyId, actor: 'ann' });
  book.take(create(EnvelopeSchema, { facts: { case: 'credentialSealed', value }, occurredAt: 7n }));
}

function removed(book: SealedCredentials): void {
  const value = create(CredentialRemovedSchema, { name: 'orders' });
  book.take(create(EnvelopeSchema, { facts: { case: 'credentialRemoved', value } }));
}

it('has the last of a name', () => {
  const book = new SealedCredentials();
  expect(book.nextVersion('orders')).toBe(1);
  sealed(book, 1);
  sealed(book, 2, 'l');
  expect(book.get('orders')).toMatchObject({ version: 2, keyId: 'l', actor: 'ann', sealedAt: 7n });
  expect([...book.all()]).toHaveLength(1);
});

it.each([0, 1, 3])('does not take version %d after the first', (version) => {
  const book = new SealedCredentials();
  sealed(book, 1);
  sealed(book, version, 'other');
  expect(book.get('orders')).toMatchObject({ version: 1, keyId: 'k' });
});

it('has none that was removed, nor has it again by an event of before', () => {
  const book = new SealedCredentials();
  sealed(book, 1);
  removed(book);
  sealed(book, 1);
  expect(book.get('orders')).toBeUndefined();
  sealed(book, 2);
  expect(book.get('orders')?.version).toBe(2);
});
