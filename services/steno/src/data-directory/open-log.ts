import { LogDamaged, LogUnavailable } from '@steno/event-log';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { CliError } from '../cli/errors.js';
import type { DataLayout } from './layout.js';

/** What LMDB says of a file whose pages it cannot make sense of. */
const LMDB_ERROR = /^MDB_[A-Z_]+/;

/** The log of a data directory, to read it beside its owner. */
export function openLog(layout: DataLayout): EmbeddedLog {
  return new EmbeddedLog({ directory: layout.log, readOnly: true });
}

/** An error of reading the log as people are told it; others are passed on. */
export function asLogError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const isOfLog = error instanceof LogDamaged || error instanceof LogUnavailable;
  if (!isOfLog && !LMDB_ERROR.test(error.message)) return error;
  return new CliError('log-unreadable', error.message);
}
