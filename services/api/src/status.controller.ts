import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { countOpenSessions } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import type { PipelineView, StatusView } from '@steno/proto';
import { ApiProblem } from './errors.js';
import { Metrics } from './http/metrics.js';
import { Answers, OpenApi } from './openapi.js';
import type { ApiOptions } from './options.js';
import { Pipeline } from './pipeline.js';
import { OPTIONS, READER } from './tokens.js';

@ApiTags('status')
@Controller()
export class StatusController {
  constructor(
    @Inject(OPTIONS) private readonly options: ApiOptions,
    @Inject(READER) private readonly reader: StoreReader,
    private readonly metrics: Metrics,
    private readonly openApi: OpenApi,
    private readonly pipeline: Pipeline,
  ) {}

  @Get('api/status')
  @ApiOperation({ summary: 'What runs, and how far behind the log the answers are' })
  @Answers('StatusView')
  async status(): Promise<StatusView> {
    const { version, installation, logKind, issuers, gateways } = this.options;
    return {
      version,
      installation,
      log: logKind,
      openSessions: await countOpenSessions(this.reader),
      projectorLagMs: this.options.projectorLag(),
      issuers,
      gateways,
    };
  }

  @Get('api/pipeline')
  @ApiOperation({ summary: 'Whether everything is recorded: instances, lag, what is missing' })
  @Answers('PipelineView')
  recording(): Promise<PipelineView> {
    return this.pipeline.view();
  }

  @Get('api/openapi.json')
  @ApiExcludeEndpoint()
  description(): OpenAPIObject {
    return this.openApi.document;
  }

  @Get('healthz')
  @ApiOperation({ summary: 'The process is alive' })
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({ summary: 'The event store answers' })
  async ready(): Promise<{ status: 'ok' }> {
    const { success } = await this.reader.client.ping();
    if (!success) throw new ApiProblem('storeUnavailable');
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'For Prometheus' })
  async prometheus(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
