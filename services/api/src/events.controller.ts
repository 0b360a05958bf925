import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { mayHaveMore, readFacets, readTopic } from '@steno/event-store';
import type { EventView, FacetsView, Page, Topic } from '@steno/proto';
import { parseRfc3339 } from '@steno/sessions';
import { Asks } from './asking.js';
import type { Asking } from './asking.js';
import { readPlaceCursor, writePlaceCursor } from './cursors.js';
import { Answers } from './openapi.js';
import type { AccessObject } from './options.js';
import { TopicQuery } from './requests.js';
import { Viewing } from './viewing.js';
import { readEventViews } from './views/event-page.js';

const OBJECT_OF_TOPIC = {
  data: 'event',
  control: 'control',
  activity: 'activity',
  heartbeat: 'heartbeat',
} as const satisfies Record<Topic, AccessObject>;

@ApiTags('events')
@Controller('api')
export class EventsController {
  constructor(private readonly viewing: Viewing) {}

  @Get('events')
  @ApiOperation({ summary: 'Events of a topic in the order in which they were committed' })
  @Answers('Page<EventView>')
  async events(@Asks() asking: Asking, @Query() query: TopicQuery): Promise<Page<EventView>> {
    const { topic, limit } = query;
    const from = parseRfc3339(query.from ?? '');
    const after = query.cursor === undefined ? undefined : readPlaceCursor(query.cursor);
    const reader = await this.viewing.begin(asking, {
      action: 'list',
      object: OBJECT_OF_TOPIC[topic],
      query: query.from === undefined ? '' : new URLSearchParams({ from: query.from }).toString(),
    });
    const rows = await readTopic(reader, topic, {
      limit,
      ...(from === undefined ? {} : { from }),
      ...(after === undefined ? {} : { after }),
    });
    const items = await readEventViews(reader, rows, query.raw === 'true');
    const last = rows[items.length - 1];
    const isMore = items.length < rows.length || mayHaveMore(rows, limit);
    return {
      items,
      nextCursor: isMore && last !== undefined ? writePlaceCursor(last.place) : null,
    };
  }

  @Get('facets')
  @ApiOperation({ summary: 'Names that sessions can be filtered by' })
  @Answers('FacetsView')
  async facets(@Asks() asking: Asking): Promise<FacetsView> {
    const view = { action: 'list', object: 'session', query: 'facets' } as const;
    return readFacets(await this.viewing.begin(asking, view));
  }
}
