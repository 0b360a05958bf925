import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { readSessions } from '@steno/event-store';
import type { ChainView, Page, SessionDetailView, SessionView } from '@steno/proto';
import { Asks } from './asking.js';
import type { Asking } from './asking.js';
import { writeSessionCursor } from './cursors.js';
import { Answers } from './openapi.js';
import type { ApiOptions } from './options.js';
import { SessionsQuery } from './requests.js';
import { OPTIONS } from './tokens.js';
import { Viewing } from './viewing.js';
import { ChainChecks } from './views/chain-view.js';
import { filterOf, filterText } from './views/session-filter.js';
import { readSessionDetail, sessionView } from './views/session-view.js';

@ApiTags('sessions')
@Controller('api/sessions')
export class SessionsController {
  constructor(
    private readonly viewing: Viewing,
    private readonly chainChecks: ChainChecks,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Sessions, those that started last first' })
  @Answers('Page<SessionView>')
  async list(@Asks() asking: Asking, @Query() query: SessionsQuery): Promise<Page<SessionView>> {
    const filter = filterOf(query);
    const reader = await this.viewing.begin(asking, {
      action: query.text === undefined ? 'list' : 'search',
      object: 'session',
      query: filterText(query),
    });
    // One more than asked for tells whether another page follows.
    const rows = await readSessions(reader, { ...filter, limit: filter.limit + 1 });
    const shown = rows.slice(0, filter.limit);
    const last = shown.at(-1);
    const isMore = rows.length > shown.length && last !== undefined;
    return {
      items: shown.map(sessionView),
      nextCursor: isMore ? writeSessionCursor(last) : null,
    };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One session' })
  @Answers('SessionDetailView')
  async detail(@Asks() asking: Asking, @Param('id') id: string): Promise<SessionDetailView> {
    const { reader, session } = await this.viewing.session(asking, id, { action: 'view' });
    return readSessionDetail(reader, session);
  }

  @Get(':id/chain')
  @ApiOperation({ summary: 'The chain of a session, recomputed from its raw bytes just now' })
  @Answers('ChainView')
  async chain(@Asks() asking: Asking, @Param('id') id: string): Promise<ChainView> {
    const { reader, session } = await this.viewing.session(asking, id, { action: 'verify' });
    return this.chainChecks.check(reader, session.sessionId, this.options.now());
  }
}
