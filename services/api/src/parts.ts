import type { Provider } from '@nestjs/common';
import { countGappedSessions, makeStoreClient } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import { AccessLog } from './access-log.js';
import { Metrics } from './http/metrics.js';
import { LIMITS } from './limits.js';
import { OpenApi } from './openapi.js';
import type { ApiOptions } from './options.js';
import type { Addresses } from './people/addresses.js';
import { Gatekeeper } from './people/gatekeeper.js';
import { People } from './people/people.js';
import { RateLimit } from './people/rate-limit.js';
import { SignIns } from './people/sign-ins.js';
import { Pipeline } from './pipeline.js';
import { OPTIONS, READER } from './tokens.js';
import { ChainChecks } from './views/chain-view.js';

/** What HTTP requests and WebSockets are served with. */
export interface Parts {
  readonly options: ApiOptions;
  readonly reader: StoreReader;
  readonly pipeline: Pipeline;
  readonly gatekeeper: Gatekeeper;
  readonly signIns: SignIns;
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly openApi: OpenApi;
}

/** `addresses`: by what this server may be called, known once it listens. */
export function makeParts(options: ApiOptions, addresses: () => Addresses): Parts {
  const signIns = new SignIns(options.now);
  const gate = {
    addresses,
    scheme: options.tls === undefined ? 'http' : 'https',
    localToken: options.localToken,
  } as const;
  const reader = { client: makeStoreClient(options.store), tenant: options.tenant ?? 'default' };
  const people = new People(options.control.users, options.now);
  const strangers = new RateLimit(LIMITS.unauthenticatedPerMinute, options.now);
  return {
    options,
    reader,
    pipeline: new Pipeline(options, reader),
    gatekeeper: new Gatekeeper(gate, signIns.sessions, people, strangers),
    signIns,
    accessLog: new AccessLog(options),
    metrics: new Metrics(options, () => countGappedSessions(reader)),
    openApi: new OpenApi(),
  };
}

export function providersOf(parts: Parts): Provider[] {
  return [
    { provide: OPTIONS, useValue: parts.options },
    { provide: READER, useValue: parts.reader },
    { provide: Pipeline, useValue: parts.pipeline },
    { provide: Gatekeeper, useValue: parts.gatekeeper },
    { provide: SignIns, useValue: parts.signIns },
    { provide: AccessLog, useValue: parts.accessLog },
    { provide: Metrics, useValue: parts.metrics },
    { provide: OpenApi, useValue: parts.openApi },
    { provide: ChainChecks, useClass: ChainChecks },
  ];
}
