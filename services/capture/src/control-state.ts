import { create, equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { EventLog } from '@steno/event-log';
import {
  AttestationSchema,
  EnvelopeSchema,
  TargetDeclaredSchema,
  TargetWithdrawnSchema,
} from '@steno/proto';
import type { Envelope, TargetDeclared, TerminationRequested, TokenSpent } from '@steno/proto';
import {
  ApiKeys,
  Approvals,
  SealedCredentials,
  Identities,
  PersonalTokens,
  SpentTokens,
  PolicyVersions,
  Users,
  generatedFacts,
  leafHash,
  readBatch,
  verifyAttestation,
  verifySignature,
} from '@steno/sessions';
import type { ApiKey, Approval, Attested, Facts, KnownIdentity } from '@steno/sessions';
import type { Target } from './options.js';

const READ_BYTES = 4 * 1024 * 1024;

/** Who may write what on control: an instance of another role is not believed. */
const WRITERS: Readonly<
  Partial<Record<NonNullable<Envelope['facts']['case']>, readonly string[]>>
> = {
  targetDeclared: ['capture'],
  targetWithdrawn: ['capture'],
  instanceStarted: ['capture', 'api', 'worker'],
  instanceStopped: ['capture', 'api', 'worker'],
  instanceSilent: ['capture', 'api', 'worker'],
  instanceHeard: ['capture', 'api', 'worker'],
  instanceLost: ['api'],
  terminationRequested: ['api'],
  policyLoaded: ['capture'],
  approvalRequested: ['capture'],
  approvalExpired: ['capture'],
  approvalWithdrawn: ['capture'],
  approvalGranted: ['api'],
  approvalRefused: ['api'],
  approvalOverridden: ['api'],
  userAdded: ['api'],
  userRemoved: ['api'],
  credentialSealed: ['api'],
  credentialRemoved: ['api'],
  identityDeclared: ['api'],
  identityApproved: ['api'],
  identityOwnerChanged: ['api'],
  identitySuspended: ['api'],
  identityResumed: ['api'],
  identityRevoked: ['api'],
  tokenIssued: ['api'],
  tokenRevoked: ['api'],
  tokenSpent: ['capture'],
  keyIssued: ['api'],
  keyRevoked: ['api'],
};

/** Who is told of what comes; not of what was there before. */
export interface ControlListeners {
  readonly termination?: (request: TerminationRequested) => void;
  /** As it is by then. */
  readonly approval?: (approval: Approval) => void;
  /** As it is by then. */
  readonly identity?: (known: KnownIdentity) => void;
  readonly keyRevoked?: (key: ApiKey) => void;
  readonly tokenSpent?: (spent: TokenSpent) => void;
}

/** Where the gateway of another capture takes cancel requests. */
export interface Peer {
  readonly instance: string;
  /** host:port */
  readonly address: string;
}

/** A boot of an instance, as control knows it. */
export interface KnownInstance {
  readonly instance: string;
  readonly state: 'running' | 'silent' | 'lost';
  /** A later boot has its name. */
  readonly isReplaced: boolean;
}

/**
 * What the control topic adds up to. Only events whose signature and writer hold are folded; the
 * others are counted.
 */
export class ControlState {
  readonly targets = new Map<string, TargetDeclared>();
  /** Captures that run, by their boot; those that ended without a word are among them. */
  readonly peers = new Map<string, Peer>();
  /** Boots that did not end in order, as far as is known, by their id. */
  readonly instances = new Map<string, KnownInstance>();
  readonly approvals = new Approvals();
  readonly users = new Users();
  readonly credentials = new SealedCredentials();
  readonly identities = new Identities();
  readonly tokens = new PersonalTokens();
  readonly spentTokens = new SpentTokens();
  readonly apiKeys = new ApiKeys();
  readonly policies = new PolicyVersions();
  /** Events that were not believed. */
  refused = 0;
  private readonly writers = new Map<string, Attested>();
  private readonly next = new Map<string, bigint>();

  constructor(
    private readonly rootPublicKey: Uint8Array,
    private readonly listeners: ControlListeners = {},
  ) {}

  /** Folds what is there; returns the offset to go on from. */
  async load(log: EventLog): Promise<number> {
    let offset = 0;
    for (;;) {
      const entries = await log.read('control', { partition: 0, offset }, READ_BYTES);
      const last = entries.at(-1);
      if (last === undefined) return offset;
      for (const { bytes } of entries) this.fold(bytes, false);
      offset = last.offset + 1;
    }
  }

  /** Whether the fold has come so far in a stream. */
  hasSeen({ stream, next }: { readonly stream: string; readonly next: number }): boolean {
    return (this.next.get(stream) ?? 0n) >= BigInt(next);
  }

  /** `live`: act on requests as well; those of the past were acted on, or their session is gone. */
  fold(bytes: Buffer, live: boolean): void {
    const records = readBatch(bytes);
    if ('malformed' in records) {
      this.refused += 1;
      return;
    }
    for (const { raw, signature } of records) {
      if (raw.length > 0) this.take(raw, signature, live);
    }
  }

  private take(raw: Uint8Array, signature: Uint8Array, live: boolean): void {
    const envelope = envelopeOf(raw);
    if (envelope === undefined || !this.isBelieved(envelope, raw, signature)) {
      this.refused += 1;
      return;
    }
    const next = this.next.get(envelope.stream) ?? 0n;
    // A log may show an event twice; what was done is not done again.
    if (envelope.position < next) return;
    this.next.set(envelope.stream, envelope.position + 1n);
    this.apply(envelope, live);
  }

  private isBelieved(envelope: Envelope, raw: Uint8Array, signature: Uint8Array): boolean {
    const { stream, facts } = envelope;
    if (envelope.position === 0n && !this.writers.has(stream)) {
      const attested = attestedBy(envelope, this.rootPublicKey);
      if (attested !== undefined) this.writers.set(stream, attested);
    }
    const writer = this.writers.get(stream);
    if (writer === undefined || facts.case === undefined) return false;
    if (WRITERS[facts.case]?.includes(writer.certificate.role) !== true) return false;
    if (writer.certificate.instance !== envelope.instance) return false;
    return verifySignature(writer, leafHash(raw), signature);
  }

  private apply(envelope: Envelope, live: boolean): void {
    const { facts, instance, boot, stream } = envelope;
    this.applyToInstances(envelope);
    this.users.take(envelope);
    this.credentials.take(envelope);
    this.tokens.take(envelope);
    this.policies.take(envelope);
    const approval = this.approvals.take(envelope);
    if (live && approval !== undefined) this.listeners.approval?.(approval);
    const identity = this.identities.take(envelope);
    if (live && identity !== undefined) this.listeners.identity?.(identity);
    const key = this.apiKeys.take(envelope);
    if (live && key !== undefined) this.listeners.keyRevoked?.(key);
    const spent = this.spentTokens.take(envelope);
    if (live && spent !== undefined) this.listeners.tokenSpent?.(spent);
    switch (facts.case) {
      case 'instanceStarted':
        if (this.writers.get(stream)?.certificate.role !== 'capture') break;
        this.meet(boot, { instance, address: facts.value.peer });
        break;
      case 'instanceStopped':
        if (this.peers.get(boot)?.instance === instance) this.peers.delete(boot);
        break;
      case 'targetDeclared':
        this.targets.set(facts.value.name, facts.value);
        break;
      case 'targetWithdrawn':
        this.targets.delete(facts.value.name);
        break;
      case 'terminationRequested':
        if (live) this.listeners.termination?.(facts.value);
        break;
      default:
        break;
    }
  }

  private applyToInstances({ facts, instance, boot }: Envelope): void {
    switch (facts.case) {
      case 'instanceStarted':
        for (const [other, known] of this.instances) {
          if (known.instance !== instance) continue;
          // Two may have one name, by mistake; of more the last two are told.
          if (known.isReplaced) this.instances.delete(other);
          else this.instances.set(other, { ...known, isReplaced: true });
        }
        this.instances.set(boot, { instance, state: 'running', isReplaced: false });
        break;
      case 'instanceStopped':
        this.instances.delete(boot);
        break;
      case 'instanceSilent':
        this.judge(facts.value.boot, 'silent');
        break;
      case 'instanceHeard':
        this.judge(facts.value.boot, 'running');
        break;
      case 'instanceLost':
        this.judge(facts.value.boot, 'lost');
        break;
      default:
        break;
    }
  }

  private judge(boot: string, state: KnownInstance['state']): void {
    const known = this.instances.get(boot);
    if (known !== undefined && known.state !== 'lost')
      this.instances.set(boot, { ...known, state });
  }

  /** Whoever had the name or the address before is gone, said so or not. */
  private meet(boot: string, peer: Peer): void {
    for (const [other, { instance, address }] of this.peers) {
      if (instance === peer.instance || address === peer.address) this.peers.delete(other);
    }
    if (peer.address !== '') this.peers.set(boot, peer);
  }
}

/** Undefined where the bytes are no envelope: nobody who may write here wrote them. */
function envelopeOf(raw: Uint8Array): Envelope | undefined {
  try {
    return fromBinary(EnvelopeSchema, raw);
  } catch {
    return undefined;
  }
}

function attestedBy(envelope: Envelope, rootPublicKey: Uint8Array): Attested | undefined {
  if (envelope.attestation === undefined) return undefined;
  const bytes = toBinary(AttestationSchema, envelope.attestation);
  return verifyAttestation(bytes, envelope.stream, rootPublicKey);
}

/** Whether the fold says of a target what the configuration says. */
export function isDeclared(
  folded: ReadonlyMap<string, TargetDeclared>,
  configured: Target,
): boolean {
  const known = folded.get(configured.name);
  return known !== undefined && equals(TargetDeclaredSchema, known, declaration(configured));
}

/** What must be appended so that the fold says what the configuration says. */
export function targetChanges(
  folded: ReadonlyMap<string, TargetDeclared>,
  configured: ReadonlyMap<string, Target>,
): readonly Facts[] {
  const changes: Facts[] = [];
  for (const target of configured.values()) {
    if (isDeclared(folded, target)) continue;
    changes.push(generatedFacts('targetDeclared', TargetDeclaredSchema, declaration(target)));
  }
  for (const name of folded.keys()) {
    if (configured.has(name)) continue;
    const withdrawn = create(TargetWithdrawnSchema, { name });
    changes.push(generatedFacts('targetWithdrawn', TargetWithdrawnSchema, withdrawn));
  }
  return changes;
}

function declaration(target: Target): TargetDeclared {
  return create(TargetDeclaredSchema, {
    name: target.name,
    protocol: target.protocol,
    address: `${target.host}:${target.port}`,
    database: target.database,
    environment: target.environment,
    owner: target.owner,
    durability: target.durability,
    capture: target.capture.mode,
    captureHeadBytes: target.capture.mode === 'head' ? BigInt(target.capture.bytes) : 0n,
    credentialUsername: target.credential?.username ?? '',
    credentialReference: target.credential?.reference ?? '',
    tls: target.tls.mode,
    groupCredentials: target.groupCredentials.map(({ group, credential }) => {
      const { username = '', reference } = credential;
      return { group, username, reference };
    }),
  });
}
