import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { NewUserView, Page, UserView } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import type { PersonalToken, User } from '@steno/sessions';
import { Asks } from '../asking.js';
import type { Asking } from '../asking.js';
import { ApiProblem } from '../errors.js';
import { Answers } from '../openapi.js';
import type { ApiOptions } from '../options.js';
import { recordControl } from '../record-control.js';
import { AddUserRequest } from '../requests.js';
import { OPTIONS } from '../tokens.js';
import { Viewing } from '../viewing.js';
import { Gatekeeper } from './gatekeeper.js';
import { newToken } from './new-token.js';
import { LOCAL_PERSON } from './person.js';

@ApiTags('people')
@Controller('api/users')
export class UsersController {
  constructor(
    private readonly viewing: Viewing,
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Those who may use the api by a token' })
  @Answers('Page<UserView>')
  async list(@Asks() asking: Asking): Promise<Page<UserView>> {
    await this.viewing.begin(asking, { action: 'list', object: 'user' });
    const { users, tokens } = this.options.control;
    const items = [...[...users.all()].map(userView), ...[...tokens.all()].map(holderView)];
    return { items, nextCursor: null };
  }

  @Post()
  @HttpCode(201)
  @ApiOperation({ summary: 'Adds a person, or gives them another token in place of their own' })
  @Answers('NewUserView', 201)
  async add(@Asks() asking: Asking, @Body() request: AddUserRequest): Promise<NewUserView> {
    const { name, roles, groups = [], days } = request;
    if (name === LOCAL_PERSON.actor) {
      throw new ApiProblem('invalidRequest', `${name} is the name of whoever runs \`steno up\`.`);
    }
    const { token, tokenDigest, expiresAt } = newToken(this.options.now(), days);
    await recordControl(this.options, {
      type: 'user.added',
      name,
      roles,
      groups,
      tokenDigest,
      tokenExpiresAt: expiresAt,
      actor: this.actor(asking),
    });
    const user = this.options.control.users.get(name);
    if (user === undefined) throw new ApiProblem('unknownUser', 'It was removed meanwhile.');
    return { ...userView(user), token };
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a person; the token and all sign-ins end at once' })
  @ApiNoContentResponse()
  async remove(@Asks() asking: Asking, @Param('name') name: string): Promise<void> {
    const { users, tokens } = this.options.control;
    const isHolder = [...tokens.all()].some(({ actor }) => actor === name);
    if (users.get(name) === undefined && !isHolder) throw new ApiProblem('unknownUser');
    await recordControl(this.options, { type: 'user.removed', name, actor: this.actor(asking) });
  }

  private actor({ request }: Asking): string {
    return this.gatekeeper.personOf(request)?.actor ?? '';
  }
}

function userView({ name, roles, groups, addedAt, tokenExpiresAt }: User): UserView {
  return {
    user: name,
    roles,
    groups,
    addedAt: toRfc3339(addedAt),
    tokenExpiresAt: toRfc3339(tokenExpiresAt),
  };
}

function holderView({ actor, name, roles, groups, issuedAt, expiresAt }: PersonalToken): UserView {
  const [addedAt, tokenExpiresAt] = [toRfc3339(issuedAt), toRfc3339(expiresAt)];
  return { user: actor, name, roles, groups, addedAt, tokenExpiresAt };
}
