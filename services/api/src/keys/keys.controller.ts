import { hash, randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ApiKeyView, NewApiKeyView, Page } from '@steno/proto';
import { keyState, newKeyText, toRfc3339 } from '@steno/sessions';
import type { ApiKey } from '@steno/sessions';
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
import { AddKeyRequest, RevokeKeyRequest } from './requests.js';

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
  async list(@Asks() asking: Asking): Promise<Page<ApiKeyView>> {
    await this.viewing.begin(asking, { action: 'list', object: 'key' });
    const at = this.nowNs;
    return { items: [...this.keys.all()].map((key) => keyView(key, at)), nextCursor: null };
  }

  /** What is kept is a plain SHA-256: of 256 random bits nobody can try so many as to hit one. */
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
    const key = newKeyText();
    const keyId = randomUUID();
    await recordControl(this.options, {
      type: 'key.issued',
      ...{ keyId, name, identity, owner, groups },
      keyDigest: hash('sha256', key, 'buffer'),
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

function keyView(key: ApiKey, atNs: bigint): ApiKeyView {
  const { keyId, name, identity, owner, groups, issuedBy, revoked } = key;
  return {
    ...{ keyId, name, identity, owner, groups },
    state: keyState(key, atNs),
    issuedAt: toRfc3339(key.issuedAt),
    issuedBy,
    expiresAt: toRfc3339(key.expiresAt),
    ...(revoked === undefined ? {} : { revokedBy: revoked.actor, reason: revoked.reason }),
  };
}
