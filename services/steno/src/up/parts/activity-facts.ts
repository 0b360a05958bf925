import { create } from '@bufbuild/protobuf';
import type { AccessEvent, TerminationRequest } from '@steno/api';
import {
  AccessRefusedSchema,
  AccessSignedInSchema,
  AccessViewedSchema,
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
