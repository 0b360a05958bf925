import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { create } from '@bufbuild/protobuf';
import { startApi } from '@steno/api';
import type { AccessEvent } from '@steno/api';
import { Instance } from '@steno/event-log';
import { SharedEmbeddedLog } from '@steno/event-log/embedded';
import {
  AccessRefusedSchema,
  AccessSignedInSchema,
  AccessViewedSchema,
  TerminationRequestedSchema,
} from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Facts } from '@steno/sessions';
import type { Config } from '../../config/config.js';
import { dataLayout } from '../../data-directory/layout.js';
import { logLine, reasonOf } from '../log-lines.js';
import type { ChildStart } from '../messages.js';
import { newOrigin } from './origin.js';
import { ProjectionLag } from './projection-lag.js';
import { runChild } from './run-child.js';
import type { ChildWork } from './run-child.js';

/** From src/up/children and dist/up/children alike. */
const CONSOLE = fileURLToPath(new URL('../../../../../web/console/dist/', import.meta.url));

runChild('api', start);

async function start(told: ChildStart): Promise<ChildWork> {
  const { config, store } = told;
  const layout = dataLayout(config.data);
  const { origin, keys } = newOrigin(layout, 'api');
  const log = new SharedEmbeddedLog({ directory: layout.log, socketPath: layout.logSocket });
  const instance = new Instance({ log, origin, role: 'api', version: told.version });
  await instance.begin();
  const lag = new ProjectionLag(log);
  const issuers = config.issuers.map(({ issuer }) => ({ issuer, development: false }));
  if (told.developmentIssuer) issuers.push({ issuer: 'urn:steno:development', development: true });
  const consoleDirectory = existsSync(CONSOLE) ? CONSOLE : undefined;
  if (consoleDirectory === undefined) {
    const hint = '`npm run build` builds it; then restart `steno up`.';
    logLine('api', 'warn', 'the console is not built: only the api is served', { hint });
  }
  const api = await startApi({
    listen: { ...told.listen, names: config.web.names },
    ...tlsOf(config),
    store,
    consoleDirectory,
    installation: keys.installation,
    version: told.version,
    logKind: 'embedded',
    issuers,
    localToken: told.localToken,
    recordAccess: (event) => instance.activity.record(accessFacts(event)),
    requestTermination: (request) =>
      instance.control.record(
        generatedFacts(
          'terminationRequested',
          TerminationRequestedSchema,
          create(TerminationRequestedSchema, request),
        ),
      ),
    projectorLag: () => lag.milliseconds(),
    now: () => Date.now(),
    onError: (error, where) => {
      const stack = error instanceof Error ? { stack: error.stack } : {};
      logLine('api', 'error', reasonOf(error), { where, ...stack });
    },
  });
  return {
    ready: { port: api.port, url: api.url, signIn: api.newSignInCode() },
    on: (order) => {
      if (order.order === 'projected') lag.projected(order.offset);
    },
    stop: async () => {
      await api.stop();
      lag.stop();
      await instance.end().catch((error: unknown) => {
        logLine('api', 'error', `the end is not recorded: ${reasonOf(error)}`);
      });
      await log.close();
    },
  };
}

function tlsOf({ web: { tls } }: Config) {
  if (tls === undefined) return {};
  return {
    tls: { certificate: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') },
  };
}

function accessFacts(event: AccessEvent): Facts {
  switch (event.type) {
    case 'access.viewed':
      return generatedFacts('accessViewed', AccessViewedSchema, create(AccessViewedSchema, event));
    case 'access.refused':
      return generatedFacts(
        'accessRefused',
        AccessRefusedSchema,
        create(AccessRefusedSchema, event),
      );
    case 'access.signed-in':
      return generatedFacts(
        'accessSignedIn',
        AccessSignedInSchema,
        create(AccessSignedInSchema, event),
      );
  }
}
