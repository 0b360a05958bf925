import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { LIMITS } from '../limits.js';
import type { ApiOptions } from '../options.js';

const LOOK_MS = 1_000;

export function limitedServer(app: NestExpressApplication): Server {
  const server: Server = app.getHttpServer();
  server.headersTimeout = LIMITS.headersMs;
  server.requestTimeout = LIMITS.requestMs;
  server.keepAliveTimeout = LIMITS.keepAliveMs;
  server.maxConnections = LIMITS.connections;
  return server;
}

/** Shows later connections what has taken the place of the certificate; gives its end. */
export function watchCertificate(
  server: Server | SecureServer,
  { tls, warn }: Pick<ApiOptions, 'tls' | 'warn'>,
): () => void {
  if (tls === undefined || !('setSecureContext' in server)) return () => undefined;
  let found = tls();
  const timer = setInterval(() => {
    const now = tls();
    if (now === found) return;
    found = now;
    try {
      // Of an empty text, as of a file that is being written, Node would think that none is given.
      server.setSecureContext({ cert: Buffer.from(now.cert), key: Buffer.from(now.key) });
    } catch (error) {
      warn('the certificate of the console stays as it was', { reason: String(error) });
    }
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
  };
}
