import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { NewTokenView, Page, TokenView } from '@steno/proto';
import { toRfc3339, type PersonalToken } from '@steno/sessions';
import type { Request } from 'express';
import { ApiProblem } from '../errors.js';
import { LIMITS } from '../limits.js';
import { Answers } from '../openapi.js';
import type { ApiOptions } from '../options.js';
import { recordControl } from '../record-control.js';
import { NewTokenRequest } from '../requests.js';
import { OPTIONS } from '../tokens.js';
import { Gatekeeper } from './gatekeeper.js';
import { newToken } from './new-token.js';

const NANOSECONDS_PER_MS = 1_000_000n;

/** Tokens that people of an OpenID provider make for themselves. */
@ApiTags('people')
@Controller('api/me/tokens')
export class TokensController {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Your tokens that are valid' })
  @Answers('Page<TokenView>')
  list(@Req() request: Request): Page<TokenView> {
    return { items: this.own(this.person(request)).map(tokenView), nextCursor: null };
  }

  @Post()
  @HttpCode(201)
  @ApiOperation({ summary: 'A token for yourself, with what you have in this sign-in' })
  @Answers('NewTokenView', 201)
  async issue(
    @Req() request: Request,
    @Body() { label, days }: NewTokenRequest,
  ): Promise<NewTokenView> {
    const person = this.person(request);
    // A token that could make another would never end.
    if (person.kind !== 'provided' || person.by !== 'cookie') {
      throw new ApiProblem('forbidden', 'Sign in by the identity provider to make a token.');
    }
    if (this.own(person).length >= LIMITS.ownTokens) throw new ApiProblem('tooManyTokens');
    const { actor, name: actorName, roles, groups } = person;
    const tokenId = randomUUID();
    const { token, ...more } = newToken(this.options.now(), days);
    const issued = { type: 'token.issued', tokenId, actor, actorName, roles, groups } as const;
    await recordControl(this.options, { ...issued, ...more, label });
    const found = this.own(person).find((each) => each.tokenId === tokenId);
    if (found === undefined) throw new ApiProblem('unknownToken', 'It was revoked meanwhile.');
    return { ...tokenView(found), token };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes one of your tokens; it ends at once' })
  @ApiNoContentResponse()
  async revoke(@Req() request: Request, @Param('id') id: string): Promise<void> {
    const person = this.person(request);
    const found = this.own(person).find(({ tokenId }) => tokenId === id);
    if (found === undefined) throw new ApiProblem('unknownToken');
    const { tokenId } = found;
    await recordControl(this.options, { type: 'token.revoked', tokenId, actor: person.actor });
  }

  private own({ actor }: { readonly actor: string }): readonly PersonalToken[] {
    const at = BigInt(this.options.now()) * NANOSECONDS_PER_MS;
    return this.options.control.tokens.of(actor, at);
  }

  private person(request: Request) {
    const person = this.gatekeeper.personOf(request);
    if (person === undefined) throw new ApiProblem('notSignedIn');
    return person;
  }
}

function tokenView(token: PersonalToken): TokenView {
  const { tokenId, label, roles, groups, issuedAt, expiresAt } = token;
  const times = { issuedAt: toRfc3339(issuedAt), expiresAt: toRfc3339(expiresAt) };
  return { tokenId, label, roles, groups, ...times };
}
