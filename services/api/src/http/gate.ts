import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Gatekeeper } from '../people/gatekeeper.js';
import { problemOf, writeProblem } from './problem.js';

/** Express middleware: lets in what is meant for this server. */
export function gate(gatekeeper: Gatekeeper): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    try {
      gatekeeper.receive(request);
    } catch (error) {
      const { problem, isExpected } = problemOf(error);
      if (!isExpected) throw error;
      writeProblem(response, problem);
      return;
    }
    next();
  };
}

/** Nothing from elsewhere, nothing inline, in no frame. */
export function securityHeaders(isTls: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    hsts: isTls ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
}

/** Recordings must lie in no cache. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('cache-control', 'no-store');
  next();
}

/** Brings policies of somebody who is signed in: its body may be longer. */
export function isDryRun(gatekeeper: Gatekeeper): (request: IncomingMessage) => boolean {
  return (request) => {
    const isJson = /^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '');
    const isIt = request.method === 'POST' && request.url === '/api/policies/dry-run';
    return isIt && isJson && gatekeeper.personOf(request) !== undefined;
  };
}
