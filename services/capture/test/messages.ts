import { createHash } from 'node:crypto';
import {
  encodeBind,
  encodeDescribe,
  encodeEmptyToServer,
  encodeExecute,
  encodeParse,
} from '@steno/wire-postgres';

export const SYNC = encodeEmptyToServer('sync');
export const FLUSH = encodeEmptyToServer('flush');

/** Execute of the unnamed portal, all rows. */
export const EXECUTE = encodeExecute('', 0);

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function parse(text: string, name = ''): Buffer {
  return encodeParse({ name, text, parameterTypes: [] });
}

export function describePortal(name = ''): Buffer {
  return encodeDescribe({ kind: 'portal', name });
}

export interface BindChoice {
  readonly statement?: string;
  readonly portal?: string;
  readonly formats?: readonly number[];
  readonly results?: readonly number[];
}

export function bind(
  values: readonly (string | Buffer | null)[] = [],
  choice: BindChoice = {},
): Buffer {
  return encodeBind({
    portal: choice.portal ?? '',
    statement: choice.statement ?? '',
    parameterFormats: choice.formats ?? [],
    values: values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value)),
    resultFormats: choice.results ?? [],
  });
}
