import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { readCommands, readEvents, readTimeline } from '@steno/event-store';
import type { CommandView, EventView, Page, TimelineView } from '@steno/proto';
import { Asks } from './asking.js';
import type { Asking } from './asking.js';
import { Answers } from './openapi.js';
import type { ApiOptions } from './options.js';
import { CommandsQuery, EventsQuery, TimelineQuery } from './requests.js';
import { OPTIONS } from './tokens.js';
import { Viewing } from './viewing.js';
import { readCommandViews } from './views/command-page.js';
import { readEventViews } from './views/event-page.js';
import { positionCursor } from './views/paging.js';

const NANOSECONDS_PER_MS = 1_000_000n;

@ApiTags('sessions')
@Controller('api/sessions/:id')
export class SessionPartsController {
  constructor(
    private readonly viewing: Viewing,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get('events')
  @ApiOperation({ summary: 'Events of a session in order' })
  @Answers('Page<EventView>')
  async events(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Query() { after, limit, raw }: EventsQuery,
  ): Promise<Page<EventView>> {
    const view = { action: 'view', query: 'events' } as const;
    const { reader } = await this.viewing.session(asking, id, view);
    const rows = await readEvents(reader, id, { from: fromAfter(after), limit });
    const items = await readEventViews(reader, rows, raw === 'true');
    return { items, nextCursor: positionCursor(items, rows, limit) };
  }

  @Get('commands')
  @ApiOperation({ summary: 'Commands of a session with their responses, in order' })
  @Answers('Page<CommandView>')
  async commands(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Query() { after, limit }: CommandsQuery,
  ): Promise<Page<CommandView>> {
    const { reader, session } = await this.viewing.session(asking, id, { action: 'view' });
    const rows = await readCommands(reader, id, { from: fromAfter(after), limit });
    const items = await readCommandViews(reader, session, rows);
    return { items, nextCursor: positionCursor(items, rows, limit) };
  }

  @Get('timeline')
  @ApiOperation({ summary: 'Density, marks and idle stretches of a session' })
  @Answers('TimelineView')
  async timeline(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Query() { slices }: TimelineQuery,
  ): Promise<TimelineView> {
    const { reader, session } = await this.viewing.session(asking, id, { action: 'view' });
    // Nothing happening goes on for as long as the session does.
    const until = session.status === 'open' ? this.nowNs : session.lastAt;
    return readTimeline(reader, session, { slices, until });
  }

  private get nowNs(): bigint {
    return BigInt(this.options.now()) * NANOSECONDS_PER_MS;
  }
}

function fromAfter(after: number | undefined): number {
  return after === undefined ? 0 : after + 1;
}
