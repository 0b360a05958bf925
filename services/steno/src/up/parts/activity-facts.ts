import { create } from '@bufbuild/protobuf';
import type { AccessEvent, LostInstance, TerminationRequest } from '@steno/api';
import type { LogCheckpoint } from '@steno/event-log';
import {
  AccessRefusedSchema,
  AccessSignedInSchema,
  AccessViewedSchema,
  InstanceLostSchema,
  TerminationRequestedSchema,
} from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Facts } from '@steno/sessions';

/** What people do at the api, as facts of events. */
export function accessFacts(event: AccessEvent): Facts {
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

export function terminationFacts(request: TerminationRequest): Facts {
  return generatedFacts(
    'terminationRequested',
    TerminationRequestedSchema,
    create(TerminationRequestedSchema, request),
  );
}

/** @param ends of data, read before this is said: what stands there by then came in time */
export function lostFacts(lost: LostInstance, ends: LogCheckpoint): Facts {
  const dataEnds = [...ends].map(([partition, end]) => ({ partition, offset: BigInt(end) }));
  const facts = create(InstanceLostSchema, { ...lost, dataEnds });
  return generatedFacts('instanceLost', InstanceLostSchema, facts);
}
