import { create } from '@bufbuild/protobuf';
import type {
  AccessEvent,
  ControlEvent,
  IdentityEvent,
  LostInstance,
  TerminationRequest,
} from '@steno/api';
import type { LogCheckpoint } from '@steno/event-log';
import {
  AccessRefusedSchema,
  AccessSignedInSchema,
  AccessViewedSchema,
  KeyIssuedSchema,
  KeyRevokedSchema,
  ApprovalGrantedSchema,
  ApprovalOverriddenSchema,
  ApprovalRefusedSchema,
  CredentialRemovedSchema,
  CredentialSealedSchema,
  IdentityApprovedSchema,
  IdentityDeclaredSchema,
  IdentityOwnerChangedSchema,
  IdentityResumedSchema,
  IdentityRevokedSchema,
  IdentitySuspendedSchema,
  InstanceLostSchema,
  TerminationRequestedSchema,
  TokenIssuedSchema,
  TokenRevokedSchema,
  UserAddedSchema,
  UserRemovedSchema,
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
    case 'access.signed-in': {
      const said =
        event.method === 'oidc'
          ? { ...event, roles: [...event.roles], groups: [...event.groups] }
          : event;
      const facts = create(AccessSignedInSchema, said);
      return generatedFacts('accessSignedIn', AccessSignedInSchema, facts);
    }
  }
}

/** What people say of held commands, of each other and of credentials, as facts of events. */
export function controlFacts(event: ControlEvent): Facts {
  switch (event.type) {
    case 'approval.granted': {
      const granted = create(ApprovalGrantedSchema, { ...event, groups: [...event.groups] });
      return generatedFacts('approvalGranted', ApprovalGrantedSchema, granted);
    }
    case 'approval.refused': {
      const refused = create(ApprovalRefusedSchema, { ...event, groups: [...event.groups] });
      return generatedFacts('approvalRefused', ApprovalRefusedSchema, refused);
    }
    case 'approval.overridden': {
      const overridden = create(ApprovalOverriddenSchema, event);
      return generatedFacts('approvalOverridden', ApprovalOverriddenSchema, overridden);
    }
    case 'user.added': {
      const { roles, groups } = event;
      const added = create(UserAddedSchema, { ...event, roles: [...roles], groups: [...groups] });
      return generatedFacts('userAdded', UserAddedSchema, added);
    }
    case 'user.removed':
      return generatedFacts('userRemoved', UserRemovedSchema, create(UserRemovedSchema, event));
    case 'token.issued': {
      const { roles, groups } = event;
      const issued = create(TokenIssuedSchema, {
        ...event,
        roles: [...roles],
        groups: [...groups],
      });
      return generatedFacts('tokenIssued', TokenIssuedSchema, issued);
    }
    case 'token.revoked':
      return generatedFacts('tokenRevoked', TokenRevokedSchema, create(TokenRevokedSchema, event));
    case 'credential.sealed': {
      const sealed = create(CredentialSealedSchema, event);
      return generatedFacts('credentialSealed', CredentialSealedSchema, sealed);
    }
    case 'credential.removed': {
      const removed = create(CredentialRemovedSchema, event);
      return generatedFacts('credentialRemoved', CredentialRemovedSchema, removed);
    }
    case 'key.issued': {
      const issued = create(KeyIssuedSchema, { ...event, groups: [...event.groups] });
      return generatedFacts('keyIssued', KeyIssuedSchema, issued);
    }
    case 'key.revoked': {
      const revoked = create(KeyRevokedSchema, event);
      return generatedFacts('keyRevoked', KeyRevokedSchema, revoked);
    }
    default:
      return identityFacts(event);
  }
}

function identityFacts(event: IdentityEvent): Facts {
  switch (event.type) {
    case 'identity.declared':
      return generatedFacts(
        'identityDeclared',
        IdentityDeclaredSchema,
        create(IdentityDeclaredSchema, event),
      );
    case 'identity.approved':
      return generatedFacts(
        'identityApproved',
        IdentityApprovedSchema,
        create(IdentityApprovedSchema, event),
      );
    case 'identity.owner-changed':
      return generatedFacts(
        'identityOwnerChanged',
        IdentityOwnerChangedSchema,
        create(IdentityOwnerChangedSchema, event),
      );
    case 'identity.suspended':
      return generatedFacts(
        'identitySuspended',
        IdentitySuspendedSchema,
        create(IdentitySuspendedSchema, event),
      );
    case 'identity.resumed':
      return generatedFacts(
        'identityResumed',
        IdentityResumedSchema,
        create(IdentityResumedSchema, event),
      );
    case 'identity.revoked':
      return generatedFacts(
        'identityRevoked',
        IdentityRevokedSchema,
        create(IdentityRevokedSchema, event),
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
