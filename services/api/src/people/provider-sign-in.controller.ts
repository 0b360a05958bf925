import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SignInView } from '@steno/proto';
import type { Request, Response } from 'express';
import { Answers } from '../openapi.js';
import { ATTEMPT_COOKIE } from './cookies.js';
import { cookieOf, sourceOf } from './gatekeeper.js';
import { ProviderSignIns } from './provider-sign-ins.js';

/** The way in by an OpenID provider. Browsers come here by links: answers are redirects. */
@ApiTags('people')
@Controller('api/sign-in')
export class ProviderSignInController {
  constructor(private readonly signIns: ProviderSignIns) {}

  @Get()
  @ApiOperation({ summary: 'How one may sign in, and why it did not work just now' })
  @Answers('SignInView')
  ways(@Req() request: Request): SignInView {
    return this.signIns.ways(cookieOf(request, ATTEMPT_COOKIE));
  }

  @Get('oidc')
  @ApiOperation({ summary: 'Leads to the OpenID provider' })
  @ApiFoundResponse({ description: 'To the provider; to the sign-in page if it is not there' })
  async begin(
    @Req() request: Request,
    @Res() response: Response,
    @Query('next') next: unknown,
  ): Promise<void> {
    const visit = { response, source: sourceOf(request), route: 'GET /api/sign-in/oidc' };
    await this.signIns.begin(visit, next);
  }

  @Get('oidc/callback')
  @ApiOperation({ summary: 'Where the OpenID provider sends browsers back to' })
  @ApiFoundResponse({ description: 'Into the console; to the sign-in page where it did not hold' })
  async finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    const route = 'GET /api/sign-in/oidc/callback';
    const visit = { response, source: sourceOf(request), route };
    const { search } = new URL(request.originalUrl, 'http://any.invalid');
    await this.signIns.finish(visit, cookieOf(request, ATTEMPT_COOKIE), search);
  }
}
