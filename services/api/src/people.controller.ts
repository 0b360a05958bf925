import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { MeView } from '@steno/proto';
import type { CookieOptions, Request, Response } from 'express';
import { AccessLog } from './access-log.js';
import { ApiProblem } from './errors.js';
import { Answers } from './openapi.js';
import type { ApiOptions } from './options.js';
import { COOKIE, sessionCookie } from './people/cookies.js';
import { Gatekeeper, cookieOf, sourceOf } from './people/gatekeeper.js';
import type { Person } from './people/person.js';
import { SignIns } from './people/sign-ins.js';
import { SignInRequest } from './requests.js';
import { OPTIONS } from './tokens.js';

@ApiTags('people')
@Controller('api')
export class PeopleController {
  constructor(
    private readonly signIns: SignIns,
    private readonly gatekeeper: Gatekeeper,
    private readonly accessLog: AccessLog,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Post('sign-in')
  @HttpCode(204)
  @ApiOperation({ summary: 'Signs in with a one-time code; the answer sets the cookie' })
  @ApiNoContentResponse()
  async signIn(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() { code }: SignInRequest,
  ): Promise<void> {
    const source = sourceOf(request);
    if (!this.signIns.attempts.allows(source)) throw new ApiProblem('tooManyRequests');
    const actor = this.signIns.codes.redeem(code);
    if (actor === undefined) throw new ApiProblem('signInCodeSpent');
    const method = 'one-time-link';
    await this.accessLog.record({ type: 'access.signed-in', actor, method, source });
    response.cookie(COOKIE, this.signIns.sessions.begin(actor), this.cookie);
  }

  @Post('sign-out')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forgets the cookie, here and in the browser' })
  @ApiNoContentResponse()
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    const cookie = cookieOf(request);
    if (cookie !== undefined) this.signIns.sessions.end(cookie);
    response.clearCookie(COOKIE, this.cookie);
  }

  @Post('sign-in-codes')
  @HttpCode(201)
  @ApiOperation({ summary: 'A new one-time code for the console, for the same person' })
  @Answers('{ code: string; expiresAt: string }', 201)
  newCode(@Req() request: Request): { code: string; expiresAt: string } {
    const { actor, kind } = this.person(request);
    // Elsewhere a code would be a way around the provider.
    if (this.options.provider !== undefined && kind !== 'local') {
      throw new ApiProblem('forbidden', 'People sign in by the identity provider here.');
    }
    const { code, expiresAt } = this.signIns.codes.create(actor);
    return { code, expiresAt: new Date(expiresAt).toISOString() };
  }

  @Get('me')
  @ApiOperation({ summary: 'Who is signed in' })
  @Answers('MeView')
  me(@Req() request: Request): MeView {
    const { actor, name, roles, groups } = this.person(request);
    return { actor, ...(name === actor ? {} : { name }), roles, groups };
  }

  private get cookie(): CookieOptions {
    return sessionCookie(this.gatekeeper.isTls);
  }

  private person(request: Request): Person {
    const person = this.gatekeeper.personOf(request);
    if (person === undefined) throw new ApiProblem('notSignedIn');
    return person;
  }
}
