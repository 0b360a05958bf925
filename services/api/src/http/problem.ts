import { ClickHouseError } from '@clickhouse/client';
import type { ServerResponse } from 'node:http';
import type { ProblemView } from '@steno/proto';
import { API_ERRORS, ApiProblem } from '../errors.js';
import type { ApiErrorName } from '../errors.js';

/** RFC 9457. Says what happened and what to do. */
export function problemView(problem: ApiProblem): ProblemView {
  const { code, status, title, remedy } = API_ERRORS[problem.problem];
  const detail = problem.detail === '' ? remedy : `${problem.detail} ${remedy}`;
  return { type: `urn:steno:error:${code}`, title, status, detail, code, ...problem.more };
}

export function writeProblem(response: ServerResponse, problem: ApiProblem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const view = problemView(problem);
  response.statusCode = view.status;
  response.setHeader('content-type', 'application/problem+json');
  response.setHeader('cache-control', 'no-store');
  if (view.status === 429) response.setHeader('retry-after', '60');
  response.end(JSON.stringify(view));
}

/** Of ClickHouse: took too long, needed too much memory, too many queries at a time. */
const HEAVY: ReadonlySet<string> = new Set([
  'TIMEOUT_EXCEEDED',
  'TOO_SLOW',
  'MEMORY_LIMIT_EXCEEDED',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
]);

/** What an error means to the one who asked; `isExpected` false: it is a bug of ours. */
export function problemOf(error: unknown): { problem: ApiProblem; isExpected: boolean } {
  if (error instanceof ApiProblem) return { problem: error, isExpected: true };
  const name = problemNameOf(error);
  return { problem: new ApiProblem(name ?? 'internal'), isExpected: name !== undefined };
}

function problemNameOf(error: unknown): ApiErrorName | undefined {
  if (error instanceof ClickHouseError) {
    return HEAVY.has(error.type ?? '') ? 'queryTooHeavy' : undefined;
  }
  if (!(error instanceof Error)) return undefined;
  // Of the HTTP framework and of what parses bodies.
  const status = statusOf(error);
  if (status === 404) return 'notFound';
  if (status === 413) return 'tooLarge';
  if (status !== undefined && status >= 400 && status < 500) return 'invalidRequest';
  if (error.message === 'Timeout error.') return 'queryTooHeavy';
  // Of the client of ClickHouse: the connection failed.
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)
    ? 'storeUnavailable'
    : undefined;
}

function statusOf(error: Error): number | undefined {
  if ('getStatus' in error && typeof error.getStatus === 'function') {
    return Number(Reflect.apply(error.getStatus, error, []));
  }
  return 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}
