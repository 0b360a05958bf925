import { create } from '@bufbuild/protobuf';
import { EnvelopeSchema, TokenSpentSchema } from '@steno/proto';
import { expect, it } from 'vitest';
import { SpentTokens } from './spent-tokens.js';

const HOUR_NS = 3_600n * 1_000_000_000n;

function take(spent: SpentTokens, digest: number, more: object = {}, occurredAt = 0n): void {
  const tokenDigest = new Uint8Array(4);
  new DataView(tokenDigest.buffer).setUint32(0, digest);
  const facts = { tokenDigest, claimId: 'first', expiresAt: HOUR_NS, ...more };
  const value = create(TokenSpentSchema, facts);
  spent.take(create(EnvelopeSchema, { occurredAt, facts: { case: 'tokenSpent', value } }));
}

it('belongs to whoever was first to say so', () => {
  const spent = new SpentTokens();
  take(spent, 1);
  take(spent, 1, { claimId: 'second' });
  expect(spent.claimOf(Uint8Array.of(0, 0, 0, 1))).toBe('first');
  expect(spent.claimOf(Uint8Array.of(0, 0, 0, 2))).toBeUndefined();
});

it('is known for as long as the token is believed, and not for ever', () => {
  const spent = new SpentTokens();
  for (let n = 0; n < 10_000; n += 1) take(spent, n, { expiresAt: HOUR_NS }, BigInt(n));
  expect(spent.size).toBe(10_000);
  const later = 3n * HOUR_NS;
  for (let n = 10_000; n < 30_000; n += 1) take(spent, n, { expiresAt: 4n * HOUR_NS }, later);
  expect(spent.claimOf(Uint8Array.of(0, 0, 0, 7))).toBeUndefined();
  expect(spent.size).toBe(20_000);
  expect(spent.isFull).toBe(false);
});
