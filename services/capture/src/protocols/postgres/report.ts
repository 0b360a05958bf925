import { encodeErrorResponse } from '@steno/wire-postgres';
import type { Refusal as GatewayRefusal } from '../../gateway/refusal.js';
import { postgresError } from './errors.js';
import type { PostgresErrorName } from './errors.js';

/** A refusal that a client of Postgres is told of. */
export interface Refusal extends GatewayRefusal<PostgresErrorName> {
  /** In place of the catalogue's: the target's own. */
  readonly sqlstate?: string;
}

/** A refusal as the error that ends a connection, or a command. */
export function report(refusal: Refusal, severity: 'FATAL' | 'ERROR'): Buffer {
  const entry = { ...postgresError(refusal.name), ...refusal.instead };
  return encodeErrorResponse({
    severity,
    code: refusal.sqlstate ?? entry.sqlstate,
    message: `${inPostgresStyle(entry.message)} (${entry.code})`,
    ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
    hint: entry.hint,
  });
}

/** As the messages of Postgres itself: no capital, no full stop. */
function inPostgresStyle(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
