import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Asks } from './asking.js';
import type { Asking } from './asking.js';
import { ApiProblem } from './errors.js';
import type { ApiOptions } from './options.js';
import { Gatekeeper } from './people/gatekeeper.js';
import { Pipeline } from './pipeline.js';
import { DeclareLostRequest } from './requests.js';
import { OPTIONS } from './tokens.js';

@ApiTags('status')
@Controller('api/instances')
export class InstancesController {
  constructor(
    private readonly pipeline: Pipeline,
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Post(':boot/lost')
  @HttpCode(202)
  @ApiOperation({ summary: 'Says for good that a silent instance will not come back' })
  @ApiAcceptedResponse({ description: 'Recorded; what comes of it from now on is late' })
  async declareLost(
    @Asks() asking: Asking,
    @Param('boot') boot: string,
    @Body() { reason }: DeclareLostRequest,
  ): Promise<void> {
    const instances = await this.pipeline.instances();
    const known = instances.find((instance) => instance.boot === boot);
    if (known === undefined) throw new ApiProblem('unknownInstance');
    if (known.state === 'lost') throw new ApiProblem('instanceLost');
    if (known.state !== 'silent') {
      throw new ApiProblem('instanceNotSilent', `${known.name} is ${known.state}.`);
    }
    const actor = this.gatekeeper.personOf(asking.request)?.actor ?? '';
    try {
      await this.options.declareLost({ instance: known.name, boot, actor, reason });
    } catch (error) {
      this.options.onError(error, 'declaring an instance lost');
      throw new ApiProblem('logUnavailable');
    }
  }
}
