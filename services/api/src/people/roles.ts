import type { Role } from './person.js';

/** `open`: for everybody, also those who are not signed in. */
export type Access = 'open' | Role;

/** Who may do what: the one place. A route that is not in it is closed to everybody. */
export const ROUTE_ACCESS: Readonly<Record<string, Access>> = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'open',
  'POST /api/sign-in': 'open',
  'POST /api/sign-out': 'admin',
  'POST /api/sign-in-codes': 'admin',
  'GET /api/me': 'admin',
  'GET /api/status': 'admin',
  'GET /api/pipeline': 'admin',
  'GET /api/facets': 'admin',
  'GET /api/openapi.json': 'admin',
  'GET /api/events': 'admin',
  'GET /api/sessions': 'admin',
  'GET /api/sessions/:id': 'admin',
  'GET /api/sessions/:id/chain': 'admin',
  'GET /api/sessions/:id/events': 'admin',
  'GET /api/sessions/:id/commands': 'admin',
  'GET /api/sessions/:id/timeline': 'admin',
  'GET /api/sessions/:id/replay': 'admin',
  'POST /api/sessions/:id/terminate': 'admin',
  'POST /api/instances/:boot/lost': 'admin',
};

/** The WebSocket of a session; it is not among the routes of the HTTP framework. */
export const REPLAY_ROUTE = 'GET /api/sessions/:id/replay';
