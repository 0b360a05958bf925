import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';

const NOT_CONSOLE = /^\/(?:api(?:\/|$)|healthz$|readyz$|metrics$)/;

/** Serves the built console; addresses that it routes itself get its page. */
export function serveConsole(app: NestExpressApplication, directory: string): void {
  app.useStaticAssets(directory, {
    index: false,
    // Their names change with their content.
    setHeaders: (response: Response, path: string) => {
      const isAsset = path.startsWith(join(directory, 'assets'));
      const forEver = 'public, max-age=31536000, immutable';
      response.setHeader('cache-control', isAsset ? forEver : 'no-cache');
    },
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isPage = request.method === 'GET' || request.method === 'HEAD';
    const isFile = request.path.startsWith('/assets/');
    if (!isPage || isFile || NOT_CONSOLE.test(request.path)) {
      next();
      return;
    }
    response.setHeader('cache-control', 'no-cache');
    response.sendFile('index.html', { root: directory, cacheControl: false }, (error) => {
      if (error !== undefined) next(error);
    });
  });
}
