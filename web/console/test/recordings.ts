import type { SessionStatus, SessionView } from '@steno/proto';
import { Recording, type Statement } from './recording.js';

const claims = {
  repository: 'acme/shop',
  workflow: 'deploy.yml',
  job: 'migrate',
  run_id: '11840023917',
  ref: 'refs/heads/main',
};

interface Sketch {
  readonly number: number;
  readonly identity: string;
  readonly target: string;
  readonly status: SessionStatus;
  readonly startedAt: string;
  readonly seconds: number | null;
  /** From which position on its events came late. */
  readonly lateFrom?: number;
}

function recordingOf(sketch: Sketch): Recording {
  const { number, identity, target, status, startedAt, seconds, lateFrom } = sketch;
  const end = seconds === null ? null : new Date(Date.parse(startedAt) + seconds * 1000);
  return new Recording({
    sessionId: `0197f3a2-5c1e-7b40-9d21-${String(number).padStart(12, '0')}`,
    identity,
    target,
    protocol: 'postgres',
    database: target,
    startedAt,
    endedAt: end?.toISOString() ?? null,
    status,
    reason: status === 'complete' ? 'client-disconnected' : null,
    commands: 0,
    errors: 0,
    rows: 0,
    bytes: 0,
    events: 0,
    source: '10.4.2.17:51834',
    clientProgram: 'psql',
    durability: 'strict',
    origin: 'live',
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:acme/shop:ref:refs/heads/main',
    claims,
    groups: [],
    tls: 'TLSv1.3',
    capture: 'output: all',
    tokenExpiresAt: '2026-11-22T04:10:00.000000000Z',
    targetUser: 'shop_migrator',
    credentialReference: 'vault:database/creds/shop',
    ...(lateFrom === undefined ? {} : { lateFrom }),
  });
}

const orders = [
  ['id', 'customer', 'placed_at', 'status', 'total'],
  ['10421', 'Ada Byron', '2026-11-21 18:04:11', 'paid', '129.00'],
  ['10422', 'Kurt G\u00f6del', '2026-11-21 18:09:52', 'paid', '48.50'],
  ['10423', 'Emmy Noether', '2026-11-21 18:31:40', 'refunded', '310.20'],
  ['10424', 'Alan Turing', '2026-11-21 19:02:07', 'paid', '17.99'],
];

const migration: readonly Statement[] = [
  { text: 'select version()', at: 0.4, milliseconds: 2, table: [['version'], ['PostgreSQL 18.1']] },
  { text: 'begin', at: 1.1, milliseconds: 1, tag: 'BEGIN' },
  {
    text: [
      'select id, customer, placed_at, status, total',
      'from orders',
      "where placed_at > now() - interval '1 day'",
      'order by id',
    ].join('\n'),
    at: 2.3,
    milliseconds: 34,
    table: orders,
  },
  {
    text: 'alter table orders add column fulfilled_by text',
    at: 4.2,
    milliseconds: 210,
    tag: 'ALTER TABLE',
  },
  {
    text: 'update orders set fulfilled_by = $1 where status = $2',
    at: 5.9,
    milliseconds: 88,
    tag: 'UPDATE 3',
    binds: ['warehouse-eu-1', 'paid'],
  },
  {
    text: 'select * from customer_secrets limit 5',
    at: 41.2,
    milliseconds: 3,
    error: { code: '42501', message: 'permission denied for table customer_secrets' },
  },
  { text: 'rollback', at: 42.0, milliseconds: 1, tag: 'ROLLBACK' },
];

/** A migration that looks where it should not: errors, idle stretches, binds, many commands. */
export function migrationSession(startedAt: string): Recording {
  const recording = recordingOf({
    number: 1,
    identity: 'repo:acme/shop:ref:refs/heads/main',
    target: 'orders',
    status: 'complete',
    startedAt,
    seconds: 183,
  });
  for (const statement of migration) recording.run(statement);
  for (let index = 0; index < 48; index += 1) {
    recording.run({
      text: `insert into audit_trail (order_id, note) values (${10_421 + index}, 'backfilled')`,
      at: 96 + index * 1.3 + (index % 7) * 0.2,
      milliseconds: 4 + (index % 5),
      tag: 'INSERT 0 1',
    });
  }
  recording.run({
    text: 'select count(*), min(placed_at), max(placed_at) from orders',
    at: 170,
    milliseconds: 12,
    table: [
      ['count', 'min', 'max'],
      ['84210', '2024-01-03 08:00:12', '2026-11-21 19:02:07'],
    ],
  });
  recording.close(183);
  return recording;
}

/** Of an agent whom policies deny, hold and mask. */
export function judgedSession(startedAt: string): Recording {
  const recording = recordingOf({
    number: 5,
    identity: 'agent:report-writer',
    target: 'orders',
    status: 'complete',
    startedAt,
    seconds: 120,
  });
  const email = { type: 'email', count: 3 };
  const statements: readonly Statement[] = [
    { text: 'select * from orders', at: 2, milliseconds: 9, table: orders },
    {
      text: 'select email, phone from customers',
      at: 9,
      milliseconds: 30,
      table: [
        ['email', 'phone'],
        ['[email:7f3a]', '[phone:11c0]'],
      ],
      masked: [email, { type: 'phone', count: 1 }],
    },
    {
      text: 'drop table customers',
      at: 21,
      milliseconds: 1,
      denied: 'no-ddl-in-production',
      error: { code: '42501', message: 'denied by no-ddl-in-production' },
    },
    {
      text: "update orders set status = 'paid'",
      at: 30,
      milliseconds: 40_000,
      tag: 'UPDATE 84210',
      does: { kind: 'update', reads: ['public.people'], writes: ['public.orders'], opaque: true },
      held: { seconds: 38, outcome: 'granted', reason: 'as discussed in ticket 12' },
    },
    {
      text: "alter user app password '[password:redacted]'",
      at: 80,
      milliseconds: 15_000,
      held: { seconds: 14, outcome: 'refused', reason: 'not by an agent' },
      redacted: [{ type: 'password', count: 1 }],
      error: { code: '42501', message: 'refused by ann: not by an agent' },
    },
    { text: 'commit', at: 110, milliseconds: 1, tag: 'COMMIT' },
  ];
  for (const statement of statements) recording.run(statement);
  recording.close(120);
  return recording;
}

/** A session that runs; a statement can be added at any time. */
export function runningSession(startedAt: string): Recording {
  const recording = recordingOf({
    number: 2,
    identity: 'agent:report-writer',
    target: 'warehouse',
    status: 'open',
    startedAt,
    seconds: null,
  });
  recording.run({ text: 'select 1 as ready', at: 0.5, milliseconds: 1, table: [['ready'], ['1']] });
  return recording;
}

export const emptySession = (startedAt: string): Recording =>
  recordingOf({
    number: 3,
    identity: 'svc:health-check',
    target: 'orders',
    status: 'open',
    startedAt,
    seconds: null,
  });

/** Of which events are missing, and the last ones came late. */
export function gappedSession(startedAt: string): Recording {
  const recording = recordingOf({
    number: 4,
    identity: 'agent:report-writer',
    target: 'warehouse',
    status: 'gapped',
    startedAt,
    seconds: 30,
    lateFrom: 5,
  });
  for (const statement of migration.slice(0, 3)) recording.run(statement);
  recording.close(30);
  return recording;
}

const identities = [
  'repo:acme/shop:ref:refs/heads/main',
  'agent:report-writer',
  'svc:nightly-export',
  'svc:billing-sync',
  'repo:acme/warehouse:environment:production',
];
const targets = ['orders', 'warehouse', 'billing'];
const statuses: readonly SessionStatus[] = [
  ...Array.from({ length: 9 }, () => 'complete' as const),
  'failed',
  'silent',
  'gapped',
];

/** Many more for the list alone, the newest first. */
export function olderSessions(count: number, before: number): SessionView[] {
  return Array.from({ length: count }, (_, index) => {
    const started = before - (index + 1) * 97_000;
    const status = statuses[(index * 7) % statuses.length] ?? 'complete';
    const pick = (from: readonly string[], step: number): string =>
      from[(index * step) % from.length] ?? '';
    const commands = (index * 37) % 420;
    const seconds = 4 + ((index * 53) % 900);
    const recording = recordingOf({
      number: 1000 + index,
      identity: pick(identities, 3),
      target: pick(targets, 5),
      status,
      startedAt: new Date(started).toISOString(),
      seconds: status === 'silent' ? null : seconds,
    });
    return {
      ...recording.facts,
      commands,
      errors: index % 6 === 0 ? index % 4 : 0,
      ...(status === 'failed' ? { lateFrom: 3 } : {}),
      rows: commands * 113,
      bytes: commands * 18_411,
    };
  });
}
