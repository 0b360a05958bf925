import type { Provider } from '@nestjs/common';
import { countGappedSessions, makeStoreClient } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import { AccessLog } from './access-log.js';
import { Announcer } from './announcing/announcer.js';
import { ApprovalLinks } from './approvals/approval-links.js';
import { Metrics } from './http/metrics.js';
import { OpenApi } from './openapi.js';
import type { ApiOptions } from './options.js';
import { Gatekeeper } from './people/gatekeeper.js';
import { makePeopleParts } from './people/people-parts.js';
import type { PeopleParts, Place } from './people/people-parts.js';
import { ProviderSignIns } from './people/provider-sign-ins.js';
import { SignIns } from './people/sign-ins.js';
import { Pipeline } from './pipeline.js';
import { OPTIONS, READER } from './tokens.js';
import { ChainChecks } from './views/chain-view.js';

/** What HTTP requests and WebSockets are served with. */
export interface Parts extends PeopleParts {
  readonly options: ApiOptions;
  readonly reader: StoreReader;
  readonly pipeline: Pipeline;
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly openApi: OpenApi;
  readonly links: ApprovalLinks;
  readonly announcer: Announcer;
}

export function makeParts(options: ApiOptions, place: Place): Parts {
  const reader = { client: makeStoreClient(options.store), tenant: options.tenant ?? 'default' };
  const accessLog = new AccessLog(options);
  const metrics = new Metrics(options, () => countGappedSessions(reader));
  const links = new ApprovalLinks(options.installationKey);
  return {
    options,
    reader,
    pipeline: new Pipeline(options, reader),
    ...makePeopleParts(options, place, accessLog),
    accessLog,
    metrics,
    openApi: new OpenApi(),
    links,
    announcer: new Announcer({ options, reader, links, metrics, publicUrl: place.publicUrl }),
  };
}

export function providersOf(parts: Parts): Provider[] {
  return [
    { provide: OPTIONS, useValue: parts.options },
    { provide: READER, useValue: parts.reader },
    { provide: Pipeline, useValue: parts.pipeline },
    { provide: Gatekeeper, useValue: parts.gatekeeper },
    { provide: SignIns, useValue: parts.signIns },
    { provide: ProviderSignIns, useValue: parts.providerSignIns },
    { provide: AccessLog, useValue: parts.accessLog },
    { provide: Metrics, useValue: parts.metrics },
    { provide: ApprovalLinks, useValue: parts.links },
    { provide: OpenApi, useValue: parts.openApi },
    { provide: ChainChecks, useClass: ChainChecks },
  ];
}
