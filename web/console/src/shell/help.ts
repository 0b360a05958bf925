import type { KeyHelp } from '@steno/player';

/** The pages, as far as their keys differ. */
export type HelpPage =
  'approvals' | 'identities' | 'identity' | 'list' | 'pipeline' | 'policies' | 'session' | 'tokens';

export const LIST_KEYS: readonly KeyHelp[] = [
  { keys: ['j', '↓'], does: 'Next session' },
  { keys: ['k', '↑'], does: 'Previous session' },
  { keys: ['Enter'], does: 'Open the session' },
  { keys: ['/'], does: 'Search' },
  { keys: ['p'], does: 'Pause or go on with the live refresh' },
  { keys: ['?'], does: 'This help' },
];

export const APPROVAL_KEYS: readonly KeyHelp[] = [
  { keys: ['j', '↓'], does: 'Next command' },
  { keys: ['k', '↑'], does: 'Previous command' },
  { keys: ['Enter'], does: 'Open the command' },
  { keys: ['a'], does: 'Approve the one that is open' },
  { keys: ['x'], does: 'Refuse the one that is open' },
  { keys: ['e'], does: 'Show or hide those that ended' },
  { keys: ['u'], does: 'Up to the list' },
  { keys: ['?'], does: 'This help' },
];

export const IDENTITIES_KEYS: readonly KeyHelp[] = [
  { keys: ['j', '↓'], does: 'Next identity' },
  { keys: ['k', '↑'], does: 'Previous identity' },
  { keys: ['Enter'], does: 'Open the identity' },
  { keys: ['/'], does: 'Search' },
  { keys: ['d'], does: 'Declare an identity, as an administrator' },
  { keys: ['?'], does: 'This help' },
];

export const IDENTITY_KEYS: readonly KeyHelp[] = [
  { keys: ['←', '↑', '→', '↓'], does: 'From hour to hour, in the activity' },
  { keys: ['u'], does: 'Up to the identities' },
  { keys: ['?'], does: 'This help' },
];

export const PIPELINE_KEYS: readonly KeyHelp[] = [
  { keys: ['r'], does: 'Ask again at once' },
  { keys: ['s'], does: 'Show or hide stopped instances' },
  { keys: ['?'], does: 'This help' },
];

export const POLICY_KEYS: readonly KeyHelp[] = [
  { keys: ['j', '↓'], does: 'Next version' },
  { keys: ['k', '↑'], does: 'Previous version' },
  { keys: ['Enter'], does: 'Open the version' },
  { keys: ['d'], does: 'Compare with the one before, or show the files alone' },
  { keys: ['t'], does: 'Try policies on what was recorded, or back to the versions' },
  { keys: ['?'], does: 'This help' },
];

export const TOKEN_KEYS: readonly KeyHelp[] = [{ keys: ['?'], does: 'This help' }];

export const SESSION_KEYS: readonly KeyHelp[] = [
  { keys: ['/'], does: 'Filter the commands' },
  { keys: ['y'], does: 'Copy a link to this moment' },
  { keys: ['u'], does: 'Up to the sessions' },
];
