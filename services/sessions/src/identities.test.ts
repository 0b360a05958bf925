import { create } from '@bufbuild/protobuf';
import {
  EnvelopeSchema,
  IdentityApprovedSchema,
  IdentityDeclaredSchema,
  IdentityOwnerChangedSchema,
  IdentityResumedSchema,
  IdentityRevokedSchema,
  IdentitySuspendedSchema,
} from '@steno/proto';
import type { Envelope } from '@steno/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Identities } from './identities.js';

type Facts = Envelope['facts'];

const ISSUER = 'https://ci.example.org';
const shop = { identity: 'ci:shop', issuer: ISSUER, subject: 'repo:shop:ref:main' };
const stranger = { ...shop, issuer: 'https://elsewhere.example.org' };

const declared = (more: object = {}): Facts => ({
  case: 'identityDeclared',
  value: create(IdentityDeclaredSchema, {
    name: 'ci:shop',
    issuer: ISSUER,
    owner: 'olga',
    actor: 'ann',
    ...more,
  }),
});
const said = { name: 'ci:shop', actor: 'ann', reason: 'because' };
const approved = (name = 'ci:shop'): Facts => ({
  case: 'identityApproved',
  value: create(IdentityApprovedSchema, { ...said, name }),
});
const ownerChanged = (owner: string): Facts => ({
  case: 'identityOwnerChanged',
  value: create(IdentityOwnerChangedSchema, { ...said, owner }),
});
const suspended = (name = 'ci:shop'): Facts => ({
  case: 'identitySuspended',
  value: create(IdentitySuspendedSchema, { ...said, name }),
});
const resumed = (name = 'ci:shop'): Facts => ({
  case: 'identityResumed',
  value: create(IdentityResumedSchema, { ...said, name }),
});
const revoked = (name = 'ci:shop'): Facts => ({
  case: 'identityRevoked',
  value: create(IdentityRevokedSchema, { ...said, name }),
});

const STEPS: Readonly<Record<string, () => Facts>> = {
  declared,
  approved,
  suspended,
  resumed,
  revoked,
};

function folded(...facts: readonly Facts[]): Identities {
  const identities = new Identities();
  for (const each of facts) identities.take(envelope(each));
  return identities;
}

function envelope(facts: Facts): Envelope {
  return create(EnvelopeSchema, { occurredAt: 10n, facts });
}

const stands = (identities: Identities, named = shop, at = 20n) =>
  identities.standing(named, at).state;

describe('an identity', () => {
  it.each([
    ['observed', ''],
    ['declared', 'declared'],
    ['approved', 'declared approved'],
    ['observed', 'approved'],
    ['declared', 'declared approved declared'],
    ['suspended', 'declared approved suspended'],
    ['approved', 'declared approved suspended resumed'],
    ['declared', 'declared suspended resumed resumed'],
    ['suspended', 'declared suspended approved'],
    ['suspended', 'suspended'],
    ['observed', 'suspended resumed'],
    ['revoked', 'revoked'],
    ['revoked', 'declared approved revoked resumed approved suspended'],
    ['revoked', 'declared revoked declared'],
    ['approved', 'declared revoked declared approved'],
  ])('is %s after: %s', (state, steps) => {
    const facts = steps.split(' ').map((step) => STEPS[step]?.());
    expect(stands(folded(...facts.filter((each) => each !== undefined)))).toBe(state);
  });

  it('expires, without anybody saying so', () => {
    const identities = folded(declared({ expiresAt: 30n }), approved());
    expect(identities.standing(shop, 29n)).toMatchObject({ state: 'approved', until: 30n });
    expect(identities.standing(shop, 30n)).toMatchObject({ state: 'expired', until: undefined });
    identities.take(envelope(declared({ expiresAt: 50n })));
    expect(stands(identities, shop, 40n)).toBe('declared');
  });

  it('cannot be approved once it has expired', () => {
    expect(stands(folded(declared({ expiresAt: 10n }), approved()), shop, 5n)).toBe('declared');
  });

  it('is vouched for by its issuer alone, and blocked by its name, whoever gives it', () => {
    expect(stands(folded(declared(), approved()), stranger)).toBe('observed');
    expect(stands(folded(declared(), approved(), suspended()), stranger)).toBe('suspended');
    expect(stands(folded(revoked()), stranger)).toBe('revoked');
  });

  it('has an owner and a life that can be told', () => {
    const identities = folded(declared(), ownerChanged('otto'), resumed(), approved());
    const known = identities.get('ci:shop');
    expect(known?.owner).toBe('otto');
    const told = known?.lifecycle.map((entry) => [entry.said, entry.owner, entry.void]);
    expect(told).toEqual([
      ['declared', 'olga', ''],
      ['owner-changed', 'otto', ''],
      ['resumed', '', 'it is not suspended'],
      ['approved', '', ''],
    ]);
  });

  it('tells of its last two hundred steps', () => {
    const steps = Array.from({ length: 300 }, (_, index) => ownerChanged(String(index)));
    const life = folded(declared(), ...steps).get('ci:shop')?.lifecycle;
    expect(life).toHaveLength(200);
    expect(life?.at(-1)?.owner).toBe('299');
  });
});

describe('a pattern', () => {
  const all = (more: object = {}) =>
    declared({ name: 'all of shop', subjectPattern: 'repo:shop:*', ...more });

  it('speaks for all whose subject fits, and not for its name', () => {
    const identities = folded(all(), approved('all of shop'));
    expect(stands(identities)).toBe('approved');
    expect(stands(identities, { ...shop, subject: 'repo:shopping:x' })).toBe('observed');
    expect(stands(identities, stranger)).toBe('observed');
    const namesake = { identity: 'all of shop', issuer: ISSUER, subject: 'x' };
    expect(stands(identities, namesake)).toBe('observed');
  });

  it('gives way to a block of one of them, and blocks what is approved by name', () => {
    const both = [all(), approved('all of shop'), declared(), approved()];
    expect(stands(folded(...both, revoked()))).toBe('revoked');
    expect(stands(folded(...both, suspended('all of shop')))).toBe('suspended');
    expect(stands(folded(...both, suspended('all of shop'), revoked()))).toBe('revoked');
    expect(stands(folded(...both, suspended('all of shop'), resumed('all of shop')))).toBe(
      'approved',
    );
  });

  it('keeps in what another lets expire, and says when it does itself', () => {
    const identities = folded(
      all({ expiresAt: 60n }),
      approved('all of shop'),
      declared({ expiresAt: 30n }),
      approved(),
    );
    expect(identities.standing(shop, 20n).until).toBe(30n);
    expect(identities.standing(shop, 40n)).toMatchObject({ state: 'approved', until: 60n });
    expect(stands(identities, shop, 60n)).toBe('expired');
  });

  it('is dropped by a declaration without one', () => {
    const identities = folded(all(), declared({ name: 'all of shop' }));
    expect(stands(identities)).toBe('observed');
  });
});

describe('any life', () => {
  const name = fc.constantFrom('ci:shop', 'all of shop', 'ci:other');
  const facts: fc.Arbitrary<Facts> = fc.oneof(
    fc
      .record({ name, subjectPattern: fc.constantFrom('', '*'), expiresAt: fc.bigInt(0n, 40n) })
      .map(declared),
    name.map(approved),
    name.map(suspended),
    name.map(resumed),
    name.map(revoked),
  );

  it('keeps what is blocked out until that is lifted by name', () => {
    fc.assert(
      fc.property(fc.array(facts), fc.array(facts), (before, after) => {
        const harmless = after.filter(
          ({ case: said, value }) =>
            said !== 'identityResumed' &&
            (said !== 'identityApproved' || value.name !== shop.identity),
        );
        expect(stands(folded(...before, revoked(), ...harmless))).toBe('revoked');
      }),
    );
  });

  it('approves nothing that nobody declared since it was revoked', () => {
    fc.assert(
      fc.property(fc.array(facts), (life) => {
        const identities = folded(...life);
        for (const known of identities.all()) {
          const steps = known.lifecycle.filter((step) => step.void === '');
          const last = (step: string) => steps.findLastIndex(({ said }) => said === step);
          if (!known.isApproved) continue;
          expect(last('approved')).toBeGreaterThan(last('declared'));
          expect(last('declared')).toBeGreaterThan(last('revoked'));
        }
      }),
    );
  });

  it('changes by time alone no earlier than is said', () => {
    fc.assert(
      fc.property(fc.array(facts), fc.bigInt(0n, 50n), fc.bigInt(0n, 50n), (life, at, later) => {
        const identities = folded(...life);
        const { state, until } = identities.standing(shop, at);
        if (later < at || (until !== undefined && later >= until)) return;
        expect(stands(identities, shop, later)).toBe(state);
      }),
    );
  });
});
