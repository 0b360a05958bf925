import type { Role } from './person.js';

/**
 * `open`: for everybody, also those who are not signed in. `person`: for whoever is signed in. Else
 * for those who have one of the roles.
 */
export type Access = 'open' | 'person' | readonly Role[];

const ADMIN: Access = ['admin'];
const READERS: Access = ['investigator', 'reviewer', 'auditor', 'admin'];
const APPROVERS: Access = ['approver'];

/** Who may do what: the one place. A route that is not in it is closed to everybody. */
export const ROUTE_ACCESS: Readonly<Record<string, Access>> = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'open',
  'GET /api/sign-in': 'open',
  'POST /api/sign-in': 'open',
  'GET /api/sign-in/oidc': 'open',
  'GET /api/sign-in/oidc/callback': 'open',
  'POST /api/sign-out': 'person',
  'POST /api/sign-in-codes': 'person',
  'GET /api/me': 'person',
  'GET /api/me/tokens': 'person',
  'POST /api/me/tokens': 'person',
  'DELETE /api/me/tokens/:id': 'person',
  'GET /api/status': 'person',
  'GET /api/openapi.json': 'person',
  'GET /api/pipeline': READERS,
  'GET /api/facets': READERS,
  'GET /api/events': READERS,
  'GET /api/sessions': READERS,
  'GET /api/sessions/:id': READERS,
  'GET /api/sessions/:id/chain': READERS,
  'GET /api/sessions/:id/events': READERS,
  'GET /api/sessions/:id/commands': READERS,
  'GET /api/sessions/:id/timeline': READERS,
  'GET /api/sessions/:id/replay': READERS,
  'GET /api/sessions/:id/export': READERS,
  'POST /api/sessions/:id/terminate': ['investigator', 'admin'],
  'POST /api/instances/:boot/lost': ADMIN,
  'GET /api/approvals': [...READERS, ...APPROVERS],
  'GET /api/approvals/:id': [...READERS, ...APPROVERS],
  'POST /api/approvals/:id/approve': APPROVERS,
  'POST /api/approvals/:id/refuse': APPROVERS,
  'POST /api/approvals/:id/override': ADMIN,
  'GET /api/identities': READERS,
  'GET /api/identities/:name': READERS,
  'POST /api/identities/:name/declare': ADMIN,
  'POST /api/identities/:name/approve': ADMIN,
  'POST /api/identities/:name/owner': ADMIN,
  'POST /api/identities/:name/suspend': ADMIN,
  'POST /api/identities/:name/resume': ADMIN,
  'POST /api/identities/:name/revoke': ADMIN,
  'GET /api/keys': ['auditor', 'admin'],
  'POST /api/keys': ADMIN,
  'POST /api/keys/:name/revoke': ADMIN,
  'GET /api/policies': READERS,
  'POST /api/policies/dry-run': READERS,
  'GET /api/policies/:digest': READERS,
  'GET /api/policies/:digest/difference': READERS,
  'GET /api/users': ['auditor', 'admin'],
  'POST /api/users': ADMIN,
  'DELETE /api/users/:name': ADMIN,
  'GET /api/credentials': ['auditor', 'admin'],
  'GET /api/credentials/:name': ADMIN,
  'POST /api/credentials/:name': ADMIN,
  'DELETE /api/credentials/:name': ADMIN,
};

/** The WebSocket of a session; it is not among the routes of the HTTP framework. */
export const REPLAY_ROUTE = 'GET /api/sessions/:id/replay';
