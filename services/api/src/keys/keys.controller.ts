import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ApiKeyView, NewApiKeyView, Page } from '@steno/proto';
import { keyState } from '@steno/sessions';
import { Asks } from '../asking.js';
import type { Asking } from '../asking.js';
import { ApiProblem } from '../errors.js';
import { LIMITS } from '../limits.js';
import { Answers } from '../openapi.js';
import type { ApiOptions } from '../options.js';
import { Gatekeeper } from '../people/gatekeeper.js';
import { recordControl } from '../record-control.js';
import { OPTIONS } from '../tokens.js';
import { Viewing } from '../viewing.js';
import { keyView, keysOf, newKey } from './keys.js';
import { AddKeyRequest, KeysQuery, RevokeKeyRequest } from './requests.js';

const NANOSECONDS_PER_MS = 1_000_000n;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Keys of bots that have no issuer of tokens. */
@ApiTags('identities')
@Controller('api/keys')
export class KeysController {
  constructor(
    private readonly viewing: Viewing,
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Keys of bots, those that have ended a while ago among them' })
  @Answers('Page<ApiKeyView>')
  async list(@Asks() asking: Asking, @Query() { identity }: KeysQuery): Promise<Page<ApiKeyView>> {
    const query = identity === undefined ? '' : new URLSearchParams({ identity }).toString();
    const reader = await this.viewing.begin(asking, { action: 'list', object: 'key', query });
    const at = this.nowNs;
    const all = [...this.keys.all()];
    const items =
      identity === undefined
        ? all.map((key) => keyView(key, at))
        : await keysOf(reader, identity, all, at);
    return { items, nextCursor: null };
  }

  @Post()
  @HttpCode(201)
  @ApiOperation({ summary: 'Makes a key; it is shown this once' })
  @Answers('NewApiKeyView', 201)
  async add(
    @Asks() asking: Asking,
    @Body() { name, identity, owner, groups = [], seconds }: AddKeyRequest,
  ): Promise<NewApiKeyView> {
    const at = this.nowNs;
    const known = this.keys.named(name);
    if (known !== undefined && keyState(known, at) === 'good') throw new ApiProblem('keyExists');
    if (this.keys.size >= LIMITS.apiKeys) throw new ApiProblem('tooManyKeys');
    const { key, keyId, keyDigest } = newKey();
    await recordControl(this.options, {
      type: 'key.issued',
      ...{ keyId, keyDigest, name, identity, owner, groups },
      expiresAt: at + BigInt(seconds) * NANOSECONDS_PER_SECOND,
      actor: this.actor(asking),
    });
    const issued = this.keys.get(keyId);
    if (issued === undefined) throw new ApiProblem('logUnavailable');
    return { ...keyView(issued, at), key };
  }

  @Post(':name/revoke')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends a key; sessions that it opened are cut' })
  @Answers('ApiKeyView')
  async revoke(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() { reason }: RevokeKeyRequest,
  ): Promise<ApiKeyView> {
    const known = this.keys.named(name);
    if (known === undefined) throw new ApiProblem('unknownKey');
    const { keyId } = known;
    const said = { keyId, name, actor: this.actor(asking), reason };
    await recordControl(this.options, { type: 'key.revoked', ...said });
    return keyView(this.keys.get(keyId) ?? known, this.nowNs);
  }

  private get keys(): ApiOptions['control']['apiKeys'] {
    return this.options.control.apiKeys;
  }

  private get nowNs(): bigint {
    return BigInt(this.options.now()) * NANOSECONDS_PER_MS;
  }

  private actor({ request }: Asking): string {
    return this.gatekeeper.personOf(request)?.actor ?? '';
  }
}
