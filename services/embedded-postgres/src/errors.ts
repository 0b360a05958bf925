/** Why the embedded Postgres does not start; docs/errors.md, "Embedded servers". */
export const EMBEDDED_POSTGRES_CODES = {
  'platform-unsupported': 'STENO-6011',
  'no-unprivileged-user': 'STENO-6012',
  'binaries-unreachable': 'STENO-6013',
  'directory-unusable': 'STENO-6014',
  'directory-in-use': 'STENO-6015',
  'port-in-use': 'STENO-6016',
  'start-failed': 'STENO-6017',
  'start-timed-out': 'STENO-6018',
} as const;
