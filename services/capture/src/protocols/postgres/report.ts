import { encodeErrorResponse } from '@steno/wire-postgres';
import { POSTGRES_ERRORS } from './errors.js';
import type { PostgresErrorName } from './errors.js';

/** A refusal that the client is told of. `detail` is for the client too, so it holds no secret. */
export interface Refusal {
  readonly name: PostgresErrorName;
  readonly detail?: string;
  /** For the operator alone, who finds it in the record. */
  readonly cause?: string;
  /** In place of the catalogue's: the target's own. */
  readonly sqlstate?: string;
  /** In place of the catalogue's, where another catalogue knows better. */
  readonly instead?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** A refusal as the error that ends a connection, or a command. */
export function report(refusal: Refusal, severity: 'FATAL' | 'ERROR'): Buffer {
  const entry = { ...POSTGRES_ERRORS[refusal.name], ...refusal.instead };
  return encodeErrorResponse({
    severity,
    code: refusal.sqlstate ?? POSTGRES_ERRORS[refusal.name].sqlstate,
    message: `${inPostgresStyle(entry.message)} (${entry.code})`,
    ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
    hint: entry.hint,
  });
}

/** As the messages of Postgres itself: no capital, no full stop. */
function inPostgresStyle(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
