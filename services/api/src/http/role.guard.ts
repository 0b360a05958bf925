import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AccessLog } from '../access-log.js';
import { Gatekeeper, sourceOf } from '../people/gatekeeper.js';

/** Asks the gatekeeper before each handler. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly accessLog: AccessLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    this.gatekeeper.admit(request, routeOf(request));
    const person = this.gatekeeper.personOf(request);
    if (person?.by === 'token') {
      const { actor } = person;
      const source = sourceOf(request);
      await this.accessLog.record({ type: 'access.signed-in', actor, method: 'token', source });
    }
    return true;
  }
}

/** As in ROUTE_ACCESS; a HEAD request is answered by the handler of GET. */
export function routeOf(request: Request): string {
  const { path } = request.route as { readonly path: string };
  return `${request.method === 'HEAD' ? 'GET' : request.method} ${path}`;
}
