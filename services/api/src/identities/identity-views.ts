import { fromBinary } from '@bufbuild/protobuf';
import type { SeenIdentity } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { IdentityView, LifecycleView, SessionOpened } from '@steno/proto';
import { stateOf, toRfc3339 } from '@steno/sessions';
import type { KnownIdentity, LifecycleEntry } from '@steno/sessions';
import type { ControlBook } from '../options.js';

/** What sessions tell of an identity. */
export interface Sighting {
  readonly seen: SeenIdentity;
  /** The first event of its last session, as far as that is there. */
  readonly opened: SessionOpened | undefined;
  readonly openedAt: bigint;
}

/** @param raw of the first event of its last session */
export function sightingOf(seen: SeenIdentity, raw: Buffer | undefined): Sighting {
  const envelope = raw === undefined ? undefined : fromBinary(EnvelopeSchema, raw);
  const { facts, occurredAt: openedAt = 0n } = envelope ?? {};
  return { seen, opened: facts?.case === 'sessionOpened' ? facts.value : undefined, openedAt };
}

/** What sessions and people tell, joined. */
export function identityView(
  name: string,
  sighting: Sighting | undefined,
  { identities }: Pick<ControlBook, 'identities'>,
  atNs: bigint,
): IdentityView {
  const { seen, opened, openedAt = 0n } = sighting ?? {};
  const known = identities.get(name);
  const standing =
    opened === undefined ? undefined : identities.standing({ identity: name, ...opened }, atNs);
  // What was declared for another issuer than that of its last token is shown all the same.
  const by = standing?.by ?? known;
  const state = by === undefined ? 'observed' : stateOf(by, atNs);
  const issuer = by?.issuer || opened?.issuer || null;
  return {
    identity: name,
    state,
    issuer,
    subject: opened?.subject ?? null,
    ...(opened === undefined || opened.issuer === issuer ? {} : { seenIssuer: opened.issuer }),
    ...(by === undefined || by.subjectPattern === '' ? {} : { subjectPattern: by.subjectPattern }),
    ...(by === undefined || by.name === name ? {} : { through: by.name }),
    owner: by?.owner ?? '',
    team: by?.team ?? '',
    purpose: by?.purpose ?? '',
    environment: by?.environment ?? '',
    expiresAt: timeOf(by?.expiresAt),
    firstSeen: timeOf(seen?.firstAt),
    lastSeen: timeOf(seen?.lastAt),
    sessions: seen?.sessions ?? 0,
    commands: seen?.commands ?? 0,
    errors: seen?.errors ?? 0,
    credential: opened === undefined ? null : credentialView(opened, openedAt),
  };
}

/** What people said, and that its time was over. */
export function lifecycleView(
  known: KnownIdentity | undefined,
  atNs: bigint,
): readonly LifecycleView[] {
  if (known === undefined) return [];
  const entries: LifecycleView[] = known.lifecycle.map(entryView);
  const { expiresAt, isDeclared } = known;
  if (!isDeclared || expiresAt === 0n || expiresAt > atNs) return entries;
  const at = toRfc3339(expiresAt);
  const after = known.lifecycle.filter(({ occurredAt }) => occurredAt > expiresAt).length;
  return entries.toSpliced(entries.length - after, 0, {
    said: 'expired',
    actor: '',
    reason: '',
    at,
  });
}

function entryView({ said, actor, reason, owner, occurredAt, void: why }: LifecycleEntry) {
  return {
    said,
    actor,
    reason,
    at: toRfc3339(occurredAt),
    ...(owner === '' ? {} : { owner }),
    ...(why === '' ? {} : { void: why }),
  };
}

function credentialView(opened: SessionOpened, usedAt: bigint): IdentityView['credential'] {
  return {
    usedAt: toRfc3339(usedAt),
    issuedAt: timeOf(opened.tokenIssuedAt),
    expiresAt: timeOf(opened.tokenExpiresAt),
  };
}

function timeOf(at: bigint | undefined): string | null {
  return at === undefined || at === 0n ? null : toRfc3339(at);
}
