/** Why the embedded Kafka does not start; docs/errors.md, "Embedded servers". */
export const EMBEDDED_KAFKA_CODES = {
  'tools-missing': 'STENO-6021',
  'fetch-failed': 'STENO-6022',
  'directory-in-use': 'STENO-6023',
  'port-in-use': 'STENO-6024',
  'start-failed': 'STENO-6025',
  'start-timed-out': 'STENO-6026',
} as const;
