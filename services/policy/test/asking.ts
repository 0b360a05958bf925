import type { Asking } from '../src/index.js';

export const asking: Asking = {
  identity: {
    name: 'ci:acme/shop',
    issuer: 'https://issuer.test',
    subject: 'acme/shop',
    groups: ['deployers'],
    claims: { repository: 'acme/shop' },
  },
  target: {
    name: 'orders',
    protocol: 'postgres',
    database: 'shop',
    environment: 'production',
    owner: 'data',
  },
  source: '10.1.2.3',
  program: 'psql',
  encrypted: true,
  // A Monday.
  openedAt: Date.UTC(2026, 10, 23, 9, 30, 20),
};
