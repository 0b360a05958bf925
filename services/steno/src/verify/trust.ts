import type { Topic } from '@steno/proto';
import { verifyAttestation, verifySignature } from '@steno/sessions';
import type { Attested } from '@steno/sessions';
import type { LogEvent } from './log-events.js';

type Role = 'capture' | 'api' | 'worker';

/** Who may write to a topic. */
const WRITERS: Readonly<Record<Topic, readonly Role[]>> = {
  data: ['capture', 'api'],
  control: ['capture', 'api', 'worker'],
  activity: ['capture', 'api', 'worker'],
  heartbeat: ['capture', 'api', 'worker'],
};
/** Control events that not every writer of control may write; a capture believes no others. */
const CONTROL_WRITERS: Readonly<Record<string, readonly Role[]>> = {
  'target.declared': ['capture'],
  'target.withdrawn': ['capture'],
  'policy.loaded': ['capture'],
  'termination.requested': ['api'],
  'approval.requested': ['capture'],
  'approval.expired': ['capture'],
  'approval.withdrawn': ['capture'],
  'approval.granted': ['api'],
  'approval.refused': ['api'],
  'approval.overridden': ['api'],
  'user.added': ['api'],
  'user.removed': ['api'],
  'credential.sealed': ['api'],
  'credential.removed': ['api'],
  'identity.declared': ['api'],
  'identity.approved': ['api'],
  'identity.owner-changed': ['api'],
  'identity.suspended': ['api'],
  'identity.resumed': ['api'],
  'identity.revoked': ['api'],
  'token.issued': ['api'],
  'token.revoked': ['api'],
  'token.spent': ['capture'],
  'key.issued': ['api'],
  'key.revoked': ['api'],
};

/** The topic that a stream belongs to, by its name. */
export function topicOf(stream: string): string {
  const [kind = ''] = stream.split('/', 1);
  return kind === 'session' ? 'data' : kind;
}

/** Checks events against the root key of the installation. */
export class Trust {
  /** Writers of control streams. */
  private readonly writers = new Map<string, Attested>();

  constructor(
    private readonly installation: string,
    private readonly rootPublicKey: Uint8Array,
  ) {}

  /**
   * Why an event is not to be believed; undefined where it is.
   *
   * @param attestation what stands in the event, at position 0
   */
  distrust(event: LogEvent, attestation: Uint8Array | undefined): string | undefined {
    const { topic, columns } = event;
    const { stream, instance, boot } = columns;
    if (columns.installation !== this.installation) {
      return `it is of another installation (${columns.installation})`;
    }
    if (topicOf(stream) !== topic) return `a stream of this name does not belong on ${topic}`;
    if (topic !== 'data' && stream !== `${topic}/${instance}/${boot}`) {
      return `its stream is not one of ${instance}/${boot}`;
    }
    if (columns.position === 0) {
      const why = this.attest(event, attestation);
      if (why !== undefined) return why;
    }
    return topic === 'control' ? this.unsigned(event) : undefined;
  }

  private attest(event: LogEvent, attestation: Uint8Array | undefined): string | undefined {
    const { topic, columns } = event;
    if (attestation === undefined) return 'it has no attestation';
    const attested = verifyAttestation(attestation, columns.stream, this.rootPublicKey);
    if (attested === undefined) return 'its attestation does not hold';
    const { instance, role } = attested.certificate;
    if (instance !== columns.instance) return `its writer was certified as ${instance}`;
    if (!WRITERS[topic].some((writer) => writer === role)) {
      return `its writer is certified as ${role}, which may not write to ${topic}`;
    }
    if (topic === 'control') this.writers.set(columns.stream, attested);
    return undefined;
  }

  private unsigned({ columns, hash, signature }: LogEvent): string | undefined {
    const writer = this.writers.get(columns.stream);
    if (writer === undefined) return 'nothing attests its writer';
    const roles = CONTROL_WRITERS[columns.type];
    if (roles?.some((role) => role === writer.certificate.role) === false) {
      return `a ${writer.certificate.role} may not write ${columns.type}`;
    }
    return verifySignature(writer, hash, signature) ? undefined : 'its signature does not hold';
  }
}
