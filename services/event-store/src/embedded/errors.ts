/** Why the embedded ClickHouse does not start; docs/errors.md, "Embedded servers". */
export const EMBEDDED_STORE_CODES = {
  'platform-unsupported': 'STENO-6001',
  'directory-in-use': 'STENO-6002',
  'port-in-use': 'STENO-6003',
  'start-failed': 'STENO-6004',
  'start-timed-out': 'STENO-6005',
} as const;
