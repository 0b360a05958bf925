import { hash } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import {
  KeyIssuedSchema,
  KeyRevokedSchema,
  ApprovalGrantedSchema,
  ApprovalOverriddenSchema,
  ApprovalRefusedSchema,
  CredentialRemovedSchema,
  CredentialSealedSchema,
  EnvelopeSchema,
  TokenIssuedSchema,
  TokenRevokedSchema,
  IdentityApprovedSchema,
  IdentityDeclaredSchema,
  IdentityOwnerChangedSchema,
  IdentityResumedSchema,
  IdentityRevokedSchema,
  IdentitySuspendedSchema,
  UserAddedSchema,
  UserRemovedSchema,
} from '@steno/proto';
import type { Envelope } from '@steno/proto';
import {
  ApiKeys,
  Approvals,
  Identities,
  PersonalTokens,
  PolicyVersions,
  SealedCredentials,
  Users,
} from '@steno/sessions';
import type { Approval, UserRole } from '@steno/sessions';
import type { ControlBook, ControlEvent, IdentityEvent } from '../src/index.js';

const NANOSECONDS_PER_MS = 1_000_000n;

/** What control would say, folded as it is said. */
export class TestControl implements ControlBook {
  readonly approvals = new Approvals();
  readonly users = new Users();
  readonly tokens = new PersonalTokens();
  readonly credentials = new SealedCredentials();
  readonly identities = new Identities();
  readonly apiKeys = new ApiKeys();
  readonly policies = new PolicyVersions();
  readonly recorded: ControlEvent[] = [];
  /** Told of approvals as they change. */
  heard: (approval: Approval) => void = () => undefined;

  constructor(
    private readonly log: { readonly isAway: boolean },
    private readonly now: () => number,
  ) {}

  readonly record = async (event: ControlEvent): Promise<void> => {
    if (this.log.isAway) throw new Error('the log is away');
    this.recorded.push(event);
    this.take(factsOf(event));
  };

  take(facts: Envelope['facts']): void {
    const occurredAt = BigInt(this.now()) * NANOSECONDS_PER_MS;
    const envelope = create(EnvelopeSchema, { occurredAt, facts });
    const approval = this.approvals.take(envelope);
    if (approval !== undefined) this.heard(approval);
    this.users.take(envelope);
    this.tokens.take(envelope);
    this.credentials.take(envelope);
    this.identities.take(envelope);
    this.apiKeys.take(envelope);
  }

  /** Somebody with a role, whose token is their name. */
  addUser(name: string, roles: readonly UserRole[], groups: readonly string[] = []): void {
    const value = create(UserAddedSchema, {
      name,
      roles: [...roles],
      groups: [...groups],
      tokenDigest: hash('sha256', name, 'buffer'),
      tokenExpiresAt: BigInt(this.now() + 3_600_000_000) * NANOSECONDS_PER_MS,
    });
    this.take({ case: 'userAdded', value });
  }
}

function factsOf(event: ControlEvent): Envelope['facts'] {
  switch (event.type) {
    case 'approval.granted': {
      const groups = [...event.groups];
      const value = create(ApprovalGrantedSchema, { ...event, groups });
      return { case: 'approvalGranted', value };
    }
    case 'approval.refused': {
      const groups = [...event.groups];
      const value = create(ApprovalRefusedSchema, { ...event, groups });
      return { case: 'approvalRefused', value };
    }
    case 'approval.overridden':
      return { case: 'approvalOverridden', value: create(ApprovalOverriddenSchema, event) };
    case 'user.added': {
      const [roles, groups] = [[...event.roles], [...event.groups]];
      return { case: 'userAdded', value: create(UserAddedSchema, { ...event, roles, groups }) };
    }
    case 'user.removed':
      return { case: 'userRemoved', value: create(UserRemovedSchema, event) };
    case 'token.issued': {
      const [roles, groups] = [[...event.roles], [...event.groups]];
      return { case: 'tokenIssued', value: create(TokenIssuedSchema, { ...event, roles, groups }) };
    }
    case 'token.revoked':
      return { case: 'tokenRevoked', value: create(TokenRevokedSchema, event) };
    case 'credential.sealed':
      return { case: 'credentialSealed', value: create(CredentialSealedSchema, event) };
    case 'credential.removed':
      return { case: 'credentialRemoved', value: create(CredentialRemovedSchema, event) };
    case 'key.issued': {
      const groups = [...event.groups];
      return { case: 'keyIssued', value: create(KeyIssuedSchema, { ...event, groups }) };
    }
    case 'key.revoked':
      return { case: 'keyRevoked', value: create(KeyRevokedSchema, event) };
    default:
      return identityFactsOf(event);
  }
}

function identityFactsOf(event: IdentityEvent): Envelope['facts'] {
  switch (event.type) {
    case 'identity.declared':
      return { case: 'identityDeclared', value: create(IdentityDeclaredSchema, event) };
    case 'identity.approved':
      return { case: 'identityApproved', value: create(IdentityApprovedSchema, event) };
    case 'identity.owner-changed':
      return { case: 'identityOwnerChanged', value: create(IdentityOwnerChangedSchema, event) };
    case 'identity.suspended':
      return { case: 'identitySuspended', value: create(IdentitySuspendedSchema, event) };
    case 'identity.resumed':
      return { case: 'identityResumed', value: create(IdentityResumedSchema, event) };
    case 'identity.revoked':
      return { case: 'identityRevoked', value: create(IdentityRevokedSchema, event) };
  }
}
