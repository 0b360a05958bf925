import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { IdentityDetailView, IdentityStandingView, IdentityView, Page } from '@steno/proto';
import { parseRfc3339 } from '@steno/sessions';
import { Asks } from '../asking.js';
import type { Asking } from '../asking.js';
import { readNameCursor, writeNameCursor } from '../cursors.js';
import { ApiProblem } from '../errors.js';
import { Answers } from '../openapi.js';
import type { ApiOptions } from '../options.js';
import { OPTIONS } from '../tokens.js';
import { Viewing } from '../viewing.js';
import { readIdentityDetail } from './identity-detail.js';
import { readInventory } from './inventory.js';
import type { InventoryFilter } from './inventory.js';
import { Registrar } from './registrar.js';
import {
  ChangeOwnerRequest,
  DeclareRequest,
  IdentitiesQuery,
  IdentityQuery,
  StepRequest,
} from './requests.js';

const ID_CHARACTERS = 256;

@ApiTags('identities')
@Controller('api/identities')
export class IdentitiesController {
  constructor(
    private readonly viewing: Viewing,
    private readonly registrar: Registrar,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Identities that were seen or declared, by name' })
  @Answers('Page<IdentityView>')
  async list(
    @Asks() asking: Asking,
    @Query() { state: states = [], owner = '', text = '', limit, cursor }: IdentitiesQuery,
  ): Promise<Page<IdentityView>> {
    const query = filterText({ states, owner, text });
    const reader = await this.viewing.begin(asking, { action: 'list', object: 'identity', query });
    const after = cursor === undefined ? '' : readNameCursor(cursor);
    const filter = { states, owner, text, after, limit };
    const { control } = this.options;
    const { items, next } = await readInventory(reader, control, filter, this.registrar.nowNs);
    return { items, nextCursor: next === undefined ? null : writeNameCursor(next) };
  }

  @Get(':name')
  @ApiOperation({ summary: 'One of them: where and when it acts, and what was said of it' })
  @Answers('IdentityDetailView')
  async detail(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Query() { zone }: IdentityQuery,
  ): Promise<IdentityDetailView> {
    const objectId = name.slice(0, ID_CHARACTERS);
    const view = { action: 'view', object: 'identity', objectId } as const;
    const reader = await this.viewing.begin(asking, view);
    const { control } = this.options;
    const of = { name, zone };
    const detail = await readIdentityDetail(reader, control, of, this.registrar.nowNs);
    if (detail === undefined) throw new ApiProblem('unknownIdentity');
    return detail;
  }

  @Post(':name/declare')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says who answers for it; what was declared before is replaced' })
  @Answers('IdentityStandingView')
  async declare(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() request: DeclareRequest,
  ): Promise<IdentityStandingView> {
    const { issuer, owner, reason, expiresAt } = request;
    const { subjectPattern = '', team = '', purpose = '', environment = '' } = request;
    const expiry = expiresAt === undefined ? 0n : (parseRfc3339(expiresAt) ?? 0n);
    if (expiresAt !== undefined && expiry <= this.registrar.nowNs) {
      throw new ApiProblem('invalidRequest', 'expiresAt must be in the future.');
    }
    const facts = { issuer, subjectPattern, owner, team, purpose, environment, reason };
    return this.registrar.say(asking, name, {
      type: 'identity.declared',
      ...facts,
      expiresAt: expiry,
    });
  }

  @Post(':name/owner')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says that somebody else answers for it' })
  @Answers('IdentityStandingView')
  async owner(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() { owner, reason }: ChangeOwnerRequest,
  ): Promise<IdentityStandingView> {
    return this.registrar.say(asking, name, { type: 'identity.owner-changed', owner, reason });
  }

  @Post(':name/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets it in, as it was declared' })
  @Answers('IdentityStandingView')
  async approve(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() { reason }: StepRequest,
  ): Promise<IdentityStandingView> {
    return this.registrar.say(asking, name, { type: 'identity.approved', reason });
  }

  @Post(':name/suspend')
  @HttpCode(200)
  @ApiOperation({ summary: 'Keeps it out for now and ends its sessions' })
  @Answers('IdentityStandingView')
  async suspend(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() { reason }: StepRequest,
  ): Promise<IdentityStandingView> {
    return this.registrar.say(asking, name, { type: 'identity.suspended', reason });
  }

  @Post(':name/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends a suspension' })
  @Answers('IdentityStandingView')
  async resume(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() { reason }: StepRequest,
  ): Promise<IdentityStandingView> {
    return this.registrar.say(asking, name, { type: 'identity.resumed', reason });
  }

  @Post(':name/revoke')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Keeps it out until it is declared and approved anew; ends its sessions',
  })
  @Answers('IdentityStandingView')
  async revoke(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() { reason }: StepRequest,
  ): Promise<IdentityStandingView> {
    return this.registrar.say(asking, name, { type: 'identity.revoked', reason });
  }
}

/** The filter as a query string, for the record of who looked. */
function filterText({ states, owner, text }: Pick<InventoryFilter, 'states' | 'owner' | 'text'>) {
  const query = new URLSearchParams();
  for (const state of states) query.append('state', state);
  if (owner !== '') query.append('owner', owner);
  if (text !== '') query.append('text', text);
  return query.toString();
}
