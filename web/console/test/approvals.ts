import type { ApprovalDetailView } from '@steno/proto';

const at = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** A held command, waiting since a minute and for a quarter of an hour more. */
export function heldCommand(
  number: number,
  change: Partial<ApprovalDetailView> = {},
): ApprovalDetailView {
  return {
    approvalId: `0197f3a2-5c1e-7b40-9d21-${String(number).padStart(12, '0')}`,
    state: 'waiting',
    identity: 'ci:acme/shop:deploy',
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:acme/shop:environment:production',
    actors: [],
    target: 'orders',
    environment: 'production',
    owner: 'grace',
    sessionId: '0197f3a2-5c1e-7b40-9d21-000000000001',
    position: 12,
    kind: 'query',
    command: `update orders set status = 'shipped' where id = ${number}`,
    rule: 'hold-writes',
    reason: 'it may change more than the session itself',
    asks: [{ group: 'approvers', count: 1, granted: 0 }],
    requestedAt: at(-60 + number),
    expiresAt: at(900 + number),
    endedAt: null,
    windowSecondsMax: 0,
    ownerExcluded: false,
    kinds: ['update'],
    reads: ['public.orders'],
    writes: ['public.orders'],
    calls: [],
    opaqueParts: [],
    whereMissing: false,
    answers: [],
    before: [],
    ...change,
  };
}

const migration = `begin;
-- Orders of closed accounts go to the archive.
with moved as (
    delete from orders o
    using accounts a
    where a.id = o.account_id
      and a.closed_at < now() - interval '2 years'
    returning o.*
)
insert into archive.orders select * from moved;
commit;`;

/** Asks for two people, may be let go for a while, and was let go before in other words. */
export function archiving(): ApprovalDetailView {
  const earlier = heldCommand(901, {
    state: 'granted',
    endedAt: at(-86_400),
    command: migration.replace('2 years', '3 years'),
    binds: ['eu-west-1', null],
    answers: [
      {
        said: 'granted',
        actor: 'bob',
        reason: 'the yearly clean-up, as announced',
        at: at(-86_400),
      },
    ],
  });
  const same = { ...earlier, approvalId: `${earlier.approvalId.slice(0, -3)}902` };
  return heldCommand(2, {
    identity: 'agent:archivist',
    issuer: 'https://id.acme.example',
    subject: 'spiffe://acme/archivist',
    actors: ['linus@acme.example'],
    command: migration,
    binds: ['eu-west-1', 'linus'],
    notEstimated: 'it is not one statement',
    kinds: ['begin', 'delete', 'insert', 'select', 'commit'],
    reads: ['public.accounts', 'public.orders'],
    writes: ['archive.orders', 'public.orders'],
    calls: ['pg_catalog.now'],
    asks: [{ group: 'approvers', count: 2, granted: 1 }],
    windowSecondsMax: 14_400,
    ownerExcluded: true,
    answers: [
      {
        said: 'granted',
        actor: 'eve',
        reason: 'I own it',
        at: at(-40),
        void: 'eve is the owner',
      },
      { said: 'granted', actor: 'bob', reason: 'as announced', at: at(-30), windowSeconds: 3600 },
    ],
    before: [earlier, { ...same, command: migration, binds: ['eu-west-1', 'linus'] }],
  });
}

/** May reach every row, and cannot be seen through. */
export const wiping = (): ApprovalDetailView =>
  heldCommand(3, {
    identity: 'svc:nightly-report',
    target: 'warehouse',
    environment: 'staging',
    owner: '',
    command: 'delete from carts',
    estimatedRows: 1_204_000,
    kinds: ['delete'],
    reads: [],
    writes: ['public.carts'],
    calls: ['public.audit'],
    opaqueParts: ['function public.audit is not known to only read'],
    whereMissing: true,
  });

/** Each of its texts tries to be something else. */
export const hostile = (): ApprovalDetailView =>
  heldCommand(4, {
    identity: 'bot\u202egnp.exe',
    subject: '<img src=x onerror=alert(1)>',
    command:
      "select '\u202e' /*\u2066 ' or is_admin \u2069 \u2066*/ from users;\u200b\r" +
      "\u001b[2J<script>alert(1)</script><img src='https://evil.example/x.png'>\u0007",
    binds: ['\u0000\u202ea', '<b>bold</b>'],
    writes: ['public.or\u00adders', 'public.orders\nand more'],
    reason: '\u202ereason',
    rule: 'hold\u0000all',
  });

/** What became of others. */
export const ended = (): ApprovalDetailView[] => [
  heldCommand(801, {
    state: 'refused',
    endedAt: at(-300),
    answers: [{ said: 'refused', actor: 'bob', reason: 'not on a Friday', at: at(-300) }],
  }),
  heldCommand(802, { state: 'expired', endedAt: at(-200) }),
  heldCommand(803, { state: 'withdrawn', endedAt: at(-100), cause: 'client-left' }),
  heldCommand(804, {
    state: 'overridden',
    endedAt: at(-50),
    answers: [{ said: 'overridden', actor: 'local-admin', reason: 'incident 42', at: at(-50) }],
  }),
];
