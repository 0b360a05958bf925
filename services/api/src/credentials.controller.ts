import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page, SealedBoxView, SealedCredentialView } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import type { SealedCredential } from '@steno/sessions';
import { Asks } from './asking.js';
import type { Asking } from './asking.js';
import { ApiProblem } from './errors.js';
import { LIMITS } from './limits.js';
import { Answers } from './openapi.js';
import type { ApiOptions } from './options.js';
import { Gatekeeper } from './people/gatekeeper.js';
import { recordControl } from './record-control.js';
import { SealCredentialRequest } from './requests.js';
import { OPTIONS } from './tokens.js';
import { Viewing } from './viewing.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** Secrets that were sealed before they came here, and that nobody here can open. */
@ApiTags('credentials')
@Controller('api/credentials')
export class CredentialsController {
  constructor(
    private readonly viewing: Viewing,
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Those that targets may refer to' })
  @Answers('Page<SealedCredentialView>')
  async list(@Asks() asking: Asking): Promise<Page<SealedCredentialView>> {
    await this.viewing.begin(asking, { action: 'list', object: 'credential' });
    return { items: [...this.book.all()].map(viewOf), nextCursor: null };
  }

  @Get(':name')
  @ApiOperation({ summary: 'What it takes to seal the next of a name' })
  @Answers('SealedBoxView')
  async get(@Asks() asking: Asking, @Param('name') name: string): Promise<SealedBoxView> {
    checkName(name);
    await this.viewing.begin(asking, { action: 'view', object: 'credential', objectId: name });
    const { installation } = this.options;
    const nextVersion = this.book.nextVersion(name);
    const known = this.book.get(name);
    return { installation, name, nextVersion, sealed: known === undefined ? null : boxOf(known) };
  }

  @Post(':name')
  @ApiOperation({ summary: 'Puts a secret, sealed by who asks, in the place of the one before' })
  @Answers('SealedCredentialView')
  @HttpCode(200)
  async seal(
    @Asks() asking: Asking,
    @Param('name') name: string,
    @Body() { version, keyId, wrappedKey, ciphertext }: SealCredentialRequest,
  ): Promise<SealedCredentialView> {
    checkName(name);
    if (version !== this.book.nextVersion(name)) throw new ApiProblem('credentialChanged');
    const isNew = this.book.get(name) === undefined;
    if (isNew && [...this.book.all()].length >= LIMITS.sealedCredentials) {
      throw new ApiProblem('tooManyCredentials');
    }
    const sealed = Buffer.from(ciphertext, 'base64');
    await recordControl(this.options, {
      type: 'credential.sealed',
      name,
      version,
      keyId,
      wrappedKey: Buffer.from(wrappedKey, 'base64'),
      ciphertext: sealed,
      actor: this.actor(asking),
    });
    const known = this.book.get(name);
    // Of two that were sent at once, control takes one.
    const isTaken = known?.version === version && sealed.equals(known.ciphertext);
    if (!isTaken) throw new ApiProblem('credentialChanged');
    return viewOf(known);
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a secret; who runs goes on, nobody else is signed in by it' })
  @ApiNoContentResponse()
  async remove(@Asks() asking: Asking, @Param('name') name: string): Promise<void> {
    if (this.book.get(name) === undefined) throw new ApiProblem('unknownCredential');
    const actor = this.actor(asking);
    await recordControl(this.options, { type: 'credential.removed', name, actor });
  }

  private get book(): ApiOptions['control']['credentials'] {
    return this.options.control.credentials;
  }

  private actor({ request }: Asking): string {
    return this.gatekeeper.personOf(request)?.actor ?? '';
  }
}

function checkName(name: string): void {
  const allowed = 'The name has letters, digits, _ . -, at most 63 of them.';
  if (!NAME.test(name)) throw new ApiProblem('invalidRequest', allowed);
}

function viewOf({ name, version, keyId, actor, sealedAt }: SealedCredential): SealedCredentialView {
  return { name, version, keyId, actor, sealedAt: toRfc3339(sealedAt) };
}

function boxOf({ version, keyId, wrappedKey, ciphertext }: SealedCredential) {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return { version, keyId, wrappedKey: base64(wrappedKey), ciphertext: base64(ciphertext) };
}
