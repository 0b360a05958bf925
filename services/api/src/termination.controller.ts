import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Asks } from './asking.js';
import type { Asking } from './asking.js';
import { ApiProblem } from './errors.js';
import type { ApiOptions } from './options.js';
import { Gatekeeper } from './people/gatekeeper.js';
import { TerminateRequest } from './requests.js';
import { OPTIONS } from './tokens.js';
import { Viewing } from './viewing.js';

@ApiTags('sessions')
@Controller('api/sessions')
export class TerminationController {
  constructor(
    private readonly viewing: Viewing,
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Post(':id/terminate')
  @HttpCode(202)
  @ApiOperation({ summary: 'Asks the gateway that holds a running session to end it' })
  @ApiAcceptedResponse({ description: 'Asked for; the session ends within seconds' })
  async terminate(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Body() { reason }: TerminateRequest,
  ): Promise<void> {
    const { session } = await this.viewing.session(asking, id, { action: 'view' });
    if (session.closed) throw new ApiProblem('sessionEnded');
    const actor = this.gatekeeper.personOf(asking.request)?.actor ?? '';
    try {
      await this.options.requestTermination({ sessionId: session.sessionId, actor, reason });
    } catch (error) {
      this.options.onError(error, 'requesting a termination');
      throw new ApiProblem('logUnavailable');
    }
  }
}
