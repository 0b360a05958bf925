import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';

/** The one who waits for an answer. */
export interface Asking {
  readonly request: Request;
  /** Aborted when they no longer wait: the reads for them end then. */
  readonly signal: AbortSignal;
}

export const Asks = createParamDecorator((_: unknown, context: ExecutionContext): Asking => {
  const http = context.switchToHttp();
  const response = http.getResponse<Response>();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return { request: http.getRequest<Request>(), signal: gone.signal };
});
