import type { KeyHelp } from '@steno/player';

export const LIST_KEYS: readonly KeyHelp[] = [
  { keys: ['j', '↓'], does: 'Next session' },
  { keys: ['k', '↑'], does: 'Previous session' },
  { keys: ['Enter'], does: 'Open the session' },
  { keys: ['/'], does: 'Search' },
  { keys: ['p'], does: 'Pause or go on with the live refresh' },
  { keys: ['?'], does: 'This help' },
];

export const PIPELINE_KEYS: readonly KeyHelp[] = [
  { keys: ['r'], does: 'Ask again at once' },
  { keys: ['s'], does: 'Show or hide stopped instances' },
  { keys: ['?'], does: 'This help' },
];

export const SESSION_KEYS: readonly KeyHelp[] = [
  { keys: ['/'], does: 'Filter the commands' },
  { keys: ['y'], does: 'Copy a link to this moment' },
  { keys: ['u'], does: 'Up to the sessions' },
];
