import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AccessLog } from '../access-log.js';
import { API_ERRORS } from '../errors.js';
import type { ApiProblem } from '../errors.js';
import type { ApiOptions } from '../options.js';
import { Gatekeeper, sourceOf } from '../people/gatekeeper.js';
import { problemOf, writeProblem } from './problem.js';

/** The one place where errors become answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly accessLog: AccessLog,
    private readonly onError: ApiOptions['onError'],
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    // Who asked has gone, and with them the query: nobody is left to answer.
    if (response.destroyed) return;
    const { problem, isExpected } = problemOf(error);
    const route = `${request.method} ${request.path}`;
    if (!isExpected) this.onError(error, route);
    void this.recordRefusal(request, problem, route);
    writeProblem(response, problem);
  }

  private async recordRefusal(request: Request, problem: ApiProblem, route: string): Promise<void> {
    const { code, status } = API_ERRORS[problem.problem];
    if (status !== 401 && status !== 403) return;
    await this.accessLog.tryToRecord({
      type: 'access.refused',
      actor: this.gatekeeper.personOf(request)?.actor ?? '',
      route: route.slice(0, 256),
      code,
      source: sourceOf(request),
    });
  }
}
