import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiModule } from './api.module.js';
import { serveConsole } from './http/console-files.js';
import { gate, isDryRun, noStore, securityHeaders } from './http/gate.js';
import { ProblemFilter } from './http/problem.filter.js';
import { limitedServer, watchCertificate } from './http/server.js';
import { validation } from './http/validation.js';
import { LIMITS } from './limits.js';
import type { ApiOptions, RunningApi } from './options.js';
import { makeParts, type Parts } from './parts.js';
import { Addresses } from './people/addresses.js';
import { ReplayServer } from './replay/replay-server.js';

const NOWHERE = new Addresses('http', new Set(), new Set());

/** Serves the api and the console. Rejects where the port is taken. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  let addresses = NOWHERE;
  let publicUrl = options.publicUrl ?? '';
  const place = { addresses: () => addresses, publicUrl: () => publicUrl };
  const parts = makeParts(options, place);
  const app = await makeApp(parts);
  const server = limitedServer(app);
  const replays = new ReplayServer(parts);
  server.on('upgrade', replays.upgrade);
  try {
    await app.listen(options.listen.port, options.listen.host);
  } catch (error) {
    await app.close();
    await parts.reader.client.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const { scheme, own } = ownHosts(options, port);
  addresses = new Addresses(scheme, new Set(own), new Set(options.listen.names));
  const url = `${scheme}://${own[0]}`;
  publicUrl ||= url;
  const unwatch = watchCertificate(server, options);
  parts.announcer.start();
  return {
    url,
    port,
    newSignInCode: () => parts.signIns.localCode(),
    approvalChanged: (approval) => {
      parts.announcer.changed(approval);
    },
    stop: async () => {
      parts.announcer.stop();
      unwatch();
      const closed = app.close();
      await replays.stop();
      const lastCall = setTimeout(() => server.closeAllConnections(), LIMITS.drainMs);
      await closed;
      clearTimeout(lastCall);
      await parts.reader.client.close();
    },
  };
}

async function makeApp(parts: Parts): Promise<NestExpressApplication> {
  const { options, gatekeeper, accessLog, metrics, openApi } = parts;
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.of(parts), {
    logger: false,
    bodyParser: false,
    abortOnError: false,
    ...(options.tls === undefined ? {} : { httpsOptions: { ...options.tls() } }),
  });
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(metrics.count, securityHeaders(options.tls !== undefined), gate(gatekeeper));
  app.use('/api', noStore);
  app.useBodyParser('json', { limit: LIMITS.dryRunBodyBytes, type: isDryRun(gatekeeper) });
  app.useBodyParser('json', { limit: LIMITS.bodyBytes });
  app.useGlobalFilters(new ProblemFilter(gatekeeper, accessLog, options.onError));
  app.useGlobalPipes(validation);
  if (options.consoleDirectory !== undefined) serveConsole(app, options.consoleDirectory);
  openApi.describe(app, options.version);
  return app;
}

/** Values of Host at which it listens itself, what people are told first. */
function ownHosts(options: ApiOptions, port: number) {
  const { host, names = [] } = options.listen;
  const isAny = host === '0.0.0.0' || host === '::';
  const own = host.includes(':') ? `[${host}]` : host.toLowerCase();
  const all = [...(isAny ? [] : [own]), ...names, '127.0.0.1', 'localhost', '[::1]'];
  const scheme = options.tls === undefined ? 'http' : 'https';
  const standardPort = scheme === 'http' ? 80 : 443;
  const hosts = all.flatMap((name) =>
    port === standardPort ? [name, `${name}:${port}`] : [`${name}:${port}`],
  );
  return { scheme, own: [...new Set(hosts)] } as const;
}
