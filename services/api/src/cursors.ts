import type { LogPlace, SessionCursor } from '@steno/event-store';
import { ApiProblem } from './errors.js';

const INT64_MAX = 2n ** 63n - 1n;

/** Cursors are for the api alone to read; they hold nothing secret. */
export function writeSessionCursor({ startedAt, sessionId }: SessionCursor): string {
  return Buffer.from(`${startedAt} ${sessionId}`).toString('base64url');
}

/** Throws ApiProblem. */
export function readSessionCursor(cursor: string): SessionCursor {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, startedAt, sessionId] = /^(-?\d{1,19}) ([\w-]{1,64})$/.exec(text) ?? [];
  if (startedAt === undefined || sessionId === undefined) throw invalid();
  if (BigInt(startedAt) > INT64_MAX) throw invalid();
  return { startedAt: BigInt(startedAt), sessionId };
}

export function writePlaceCursor({ partition, offset, index }: LogPlace): string {
  return `${partition}.${offset}.${index}`;
}

/** Throws ApiProblem. */
export function readPlaceCursor(cursor: string): LogPlace {
  const [, partition, offset, index] = /^(\d{1,9})\.(\d{1,15})\.(\d{1,9})$/.exec(cursor) ?? [];
  if (partition === undefined) throw invalid();
  return { partition: Number(partition), offset: Number(offset), index: Number(index) };
}

export function writeNameCursor(name: string): string {
  return Buffer.from(name).toString('base64url');
}

/** Throws ApiProblem. */
export function readNameCursor(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString();
  if (name === '') throw invalid();
  return name;
}

function invalid(): ApiProblem {
  return new ApiProblem('invalidRequest', 'cursor is none that the api gave.');
}
