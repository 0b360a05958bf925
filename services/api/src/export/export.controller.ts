import { once } from 'node:events';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Asks } from '../asking.js';
import type { Asking } from '../asking.js';
import { LIMITS } from '../limits.js';
import { Turnstile } from '../turnstile.js';
import { Viewing } from '../viewing.js';
import { FORMATS } from './formats.js';
import { ExportQuery } from './requests.js';

@ApiTags('sessions')
@Controller('api/sessions/:id/export')
export class ExportController {
  private readonly turnstile = new Turnstile(LIMITS.exports, LIMITS.exportsWaiting);

  constructor(private readonly viewing: Viewing) {}

  /** An answer that breaks off is not whole: the connection ends without its last chunk. */
  @Get()
  @ApiOperation({ summary: 'A session as a file' })
  @ApiProduces(...new Set(Object.values(FORMATS).map(({ type }) => type)))
  async export(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Query() { format }: ExportQuery,
    @Res() response: Response,
  ): Promise<void> {
    const view = { action: 'export', query: `format=${format}` } as const;
    const { reader, session } = await this.viewing.session(asking, id, view);
    const { signal } = asking;
    const { type, extension, write } = FORMATS[format];
    await this.turnstile.run(async () => {
      for await (const text of write({ reader, session, signal })) {
        if (!response.headersSent) {
          response.setHeader('content-type', type);
          const name = `steno-${session.sessionId}.${extension}`;
          response.setHeader('content-disposition', `attachment; filename="${name}"`);
        }
        if (!response.write(text)) await once(response, 'drain', { signal });
      }
    });
    response.end();
  }
}
