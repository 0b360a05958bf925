import type {
  IdentityDetailView,
  IdentityState,
  IdentityView,
  LifecycleView,
  MeView,
  Page,
  ProblemView,
} from '@steno/proto';

const ISSUER = 'https://token.actions.githubusercontent.com';
const NOW = Date.parse('2026-11-23T12:00:00Z');
const ago = (days: number): string => new Date(NOW - days * 86_400_000).toISOString();

/** An identity as it was seen, with what is to be different. */
export function identityOf(
  identity: string,
  change: Partial<IdentityDetailView> = {},
): IdentityDetailView {
  return {
    identity,
    state: 'observed',
    issuer: ISSUER,
    subject: `repo:${identity}`,
    owner: '',
    team: '',
    purpose: '',
    environment: '',
    expiresAt: null,
    firstSeen: ago(40),
    lastSeen: ago(0.2),
    sessions: 12,
    commands: 340,
    errors: 2,
    credential: { usedAt: ago(0.2), issuedAt: ago(0.203), expiresAt: ago(-0.2) },
    groups: [],
    targets: [
      { target: 'orders', sessions: 9, commands: 300, errors: 2, lastSeen: ago(0.2) },
      { target: 'warehouse', sessions: 3, commands: 40, errors: 0, lastSeen: ago(6) },
    ],
    recent: [
      {
        sessionId: '0197f3a2-5c1e-7b40-9d21-000000000001',
        position: 3,
        at: ago(0.2),
        target: 'orders',
        kind: 'query',
        text: 'update orders\n  set status = $1 where id = $2',
        status: 'ok',
        errorCode: null,
      },
      {
        sessionId: '0197f3a2-5c1e-7b40-9d21-000000000001',
        position: 5,
        at: ago(0.3),
        target: 'orders',
        kind: 'query',
        text: 'drop table customers',
        status: 'denied',
        errorCode: '42501',
      },
      {
        sessionId: '0197f3a2-5c1e-7b40-9d21-000000000001',
        position: 7,
        at: ago(0.4),
        target: 'orders',
        kind: 'query',
        text: null,
        status: null,
        errorCode: null,
      },
    ],
    activity: { from: ago(28), zone: 'UTC', hours: workingHours() },
    lifecycle: [],
    ...change,
  };
}

/** Weekdays, more of it by day, and a release each Tuesday night. */
function workingHours(): IdentityDetailView['activity']['hours'] {
  return [1, 2, 3, 4, 5].flatMap((weekday) =>
    Array.from({ length: 24 }, (_, hour) => ({
      weekday,
      hour,
      commands: hour < 7 || hour > 18 ? (weekday === 2 && hour === 22 ? 64 : 0) : hour * weekday,
    })).filter(({ commands }) => commands > 0),
  );
}

const entry = (
  said: LifecycleView['said'],
  days: number,
  more: Partial<LifecycleView> = {},
): LifecycleView => ({ said, actor: 'ann', reason: 'ticket 12', at: ago(days), ...more });

const declared = (days: number): LifecycleView => entry('declared', days, { owner: 'olga' });

/** One in each state, and some more. */
export function inventory(): IdentityDetailView[] {
  const owned = { owner: 'olga', team: 'payments', environment: 'production' };
  return [
    identityOf('agent:report-writer'),
    identityOf('ci:billing', { ...owned, state: 'declared', lifecycle: [declared(3)] }),
    identityOf('ci:shop', {
      ...owned,
      state: 'approved',
      purpose: 'Deploys the shop, and migrates its database.',
      expiresAt: ago(-60),
      groups: ['deployers', 'eu'],
      lifecycle: [
        declared(30),
        entry('approved', 29, { actor: 'bob', reason: 'reviewed with the team' }),
        entry('owner-changed', 12, { owner: 'olga', reason: 'otto left' }),
        entry('suspended', 5, { reason: 'runs at odd hours' }),
        entry('resumed', 4, { reason: 'a night release, announced late' }),
        entry('resumed', 4, { reason: 'again', void: 'it is not suspended', at: ago(3.9) }),
      ],
    }),
    identityOf('ci:shop/preview/1', { ...owned, state: 'approved', through: 'ci: all previews' }),
    identityOf('ci:stolen', {
      state: 'revoked',
      lifecycle: [entry('revoked', 1, { reason: 'the token was in a public log' })],
    }),
    identityOf('svc:intern', {
      ...owned,
      state: 'expired',
      expiresAt: ago(1),
      lifecycle: [declared(31), entry('expired', 1, { actor: '', reason: '' })],
    }),
    identityOf('svc:nightly-export', {
      ...owned,
      state: 'suspended',
      seenIssuer: 'https://elsewhere.example.org',
      lifecycle: [declared(9), entry('suspended', 1, { reason: 'from another issuer' })],
    }),
    identityOf('svc:planned', {
      ...owned,
      state: 'declared',
      subject: null,
      firstSeen: null,
      lastSeen: null,
      credential: null,
      sessions: 0,
      commands: 0,
      errors: 0,
      targets: [],
      recent: [],
      activity: { from: ago(28), zone: 'UTC', hours: [] },
      lifecycle: [declared(1)],
    }),
  ];
}

const STATE_AFTER: Readonly<Record<string, IdentityState>> = {
  declare: 'declared',
  approve: 'approved',
  suspend: 'suspended',
  resume: 'approved',
  revoke: 'revoked',
};
const SAID: Readonly<Record<string, LifecycleView['said']>> = {
  declare: 'declared',
  approve: 'approved',
  suspend: 'suspended',
  resume: 'resumed',
  revoke: 'revoked',
  owner: 'owner-changed',
};

interface Saying {
  readonly name: string;
  readonly verb: string;
  readonly body: string;
  readonly by: MeView;
}

/** The identities of the stand-in, and what was said of them. */
export class Inventory {
  items: IdentityDetailView[] = [];
  /** Of a page, however many are asked for. */
  pageSize = 100;
  /** What came by POST, valid or not. */
  readonly said: { readonly name: string; readonly verb: string; readonly body: unknown }[] = [];

  list(query: URLSearchParams): Page<IdentityView> {
    const states = query.getAll('state');
    const has = ({ identity, state, owner }: IdentityView): boolean =>
      identity.toLowerCase().includes((query.get('text') ?? '').toLowerCase()) &&
      (states.length === 0 || states.includes(state)) &&
      (!query.has('owner') || owner === query.get('owner'));
    const found = this.items.filter(has);
    const start = Number(query.get('cursor') ?? 0);
    const end = start + this.pageSize;
    return {
      items: found.slice(start, end),
      nextCursor: end < found.length ? String(end) : null,
    };
  }

  detail(name: string, zone: string): IdentityDetailView | ProblemView {
    const found = this.items.find(({ identity }) => identity === name);
    if (found === undefined) return problem(404, 'STENO-3035', 'There is no such identity');
    const { from, hours } = found.activity;
    // An hour east of it.
    const moved = hours.map((each) => ({ ...each, hour: (each.hour + 1) % 24 }));
    return { ...found, activity: { from, zone, hours: zone === 'UTC' ? hours : moved } };
  }

  say({ name, verb, body, by }: Saying): ProblemView | object {
    const asked = JSON.parse(body) as { reason: string; owner?: string };
    this.said.push({ name, verb, body: asked });
    if (!by.roles.includes('admin')) {
      const detail = 'It takes the role admin. An administrator can give it to you.';
      return problem(403, 'STENO-3003', 'Not allowed', detail);
    }
    const known = this.items.find(({ identity }) => identity === name);
    if (verb === 'resume' && known?.state !== 'suspended') {
      const detail = 'it is not suspended. `steno identity show` says how it stands.';
      return problem(409, 'STENO-3036', 'That cannot be said of the identity now', detail);
    }
    const before = known ?? identityOf(name, { firstSeen: null, lastSeen: null });
    const { reason, owner = before.owner } = asked;
    const said = SAID[verb] ?? 'declared';
    const at = new Date().toISOString();
    const lifecycle = [...before.lifecycle, { said, actor: by.actor, reason, at, owner }];
    const state = STATE_AFTER[verb] ?? before.state;
    const now = { ...before, state, owner, lifecycle };
    this.items = [...this.items.filter((each) => each !== known), now];
    return { identity: name, state, owner };
  }
}

function problem(status: number, code: string, title: string, detail = ''): ProblemView {
  return { type: 'about:blank', title, status, detail, code };
}
