import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { DryRunLine } from '@steno/proto';
import { parseRfc3339, policyDigest } from '@steno/sessions';
import type { Response } from 'express';
import { Asks } from '../asking.js';
import type { Asking } from '../asking.js';
import { ApiProblem } from '../errors.js';
import { LIMITS } from '../limits.js';
import { Answers } from '../openapi.js';
import type { ApiOptions } from '../options.js';
import { Gatekeeper } from '../people/gatekeeper.js';
import { OPTIONS } from '../tokens.js';
import { Viewing } from '../viewing.js';
import { DryRunDesk } from './dry-run-desk.js';
import { DryRunRequest } from './requests.js';

const NANOSECONDS_PER_MS = 1_000_000n;

@ApiTags('policies')
@Controller('api/policies')
export class DryRunController {
  constructor(
    private readonly viewing: Viewing,
    private readonly desk: DryRunDesk,
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Post('dry-run')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Which recorded commands policies would have decided otherwise; switches nothing on',
  })
  @Answers('DryRunLine, a line of JSON each (application/x-ndjson)')
  async dryRun(
    @Asks() asking: Asking,
    @Body() { files, since: from }: DryRunRequest,
    @Res() response: Response,
  ): Promise<void> {
    const bytes = files.reduce((sum, { name, text }) => sum + Buffer.byteLength(name + text), 0);
    if (bytes > LIMITS.dryRunPolicyBytes) {
      throw new ApiProblem('tooLarge', `The policies have ${bytes} bytes.`);
    }
    const usual = BigInt(this.options.now() - LIMITS.dryRunUsualMs) * NANOSECONDS_PER_MS;
    const since = from === undefined ? usual : (parseRfc3339(from) ?? usual);
    await this.viewing.begin(asking, {
      action: 'test',
      object: 'policy',
      objectId: policyDigest(files).toString('hex'),
      query: from === undefined ? '' : new URLSearchParams({ since: from }).toString(),
    });
    const actor = this.gatekeeper.personOf(asking.request)?.actor ?? '';
    const tell = (line: DryRunLine): void => {
      if (!response.headersSent) {
        response.setHeader('content-type', 'application/x-ndjson; charset=utf-8');
      }
      response.write(`${JSON.stringify(line)}\n`);
    };
    await this.desk.run({ actor, files, since, signal: asking.signal }, tell);
    response.end();
  }
}
