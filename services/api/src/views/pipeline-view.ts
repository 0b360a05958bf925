import { fromBinary } from '@bufbuild/protobuf';
import type { BootEvents, InstanceEvent, LastHeartbeat } from '@steno/event-store';
import { EVENT_TYPE, EnvelopeSchema } from '@steno/proto';
import type { Envelope, InstanceState, InstanceView } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';

/** Three heartbeats. */
const SILENT_NS = 30_000_000_000n;
/** Instances that ended longer ago are left out: pods come and go under new names. */
const ENDED_SHOWN_NS = 24n * 3_600_000_000_000n;

/** What is known of one run of an instance. */
export interface Boot {
  readonly boot: string;
  readonly name: string;
  readonly role: string;
  readonly version: string;
  /** Nanoseconds since the epoch, as all times here. */
  readonly startedAt: bigint;
  readonly stoppedAt?: bigint;
  readonly lostAt?: bigint;
  /** Since when somebody else found it silent. */
  readonly silentSince?: bigint;
  /** A later boot has its name. */
  readonly isReplaced: boolean;
}

type Later = Partial<Pick<Boot, 'stoppedAt' | 'lostAt' | 'silentSince'>>;

/**
 * The newest boot of each instance, and earlier ones that left sessions open: their events may
 * still come, as from a volume that is away.
 *
 * @param events newest first
 * @param owners boots that have open sessions
 */
export function bootsToShow(
  events: readonly InstanceEvent[],
  owners: ReadonlyMap<string, number>,
  now: bigint,
): readonly Boot[] {
  const later = new Map<string, Later>();
  const names = new Set<string>();
  const boots: Boot[] = [];
  for (const event of events) {
    const { facts, occurredAt } = fromBinary(EnvelopeSchema, event.raw);
    if (event.type === EVENT_TYPE.instanceStarted) {
      const started = startedBoot(event, facts, later.get(event.boot));
      const key = `${started.role}/${started.name}`;
      const isReplaced = names.has(key);
      names.add(key);
      if (!isReplaced || owners.has(event.boot)) boots.push({ ...started, isReplaced });
      continue;
    }
    const [boot, found] = whatCameLater(event, facts, occurredAt);
    // What was said last counts, and those come first.
    later.set(boot, { ...found, ...later.get(boot) });
  }
  return boots.filter(
    ({ stoppedAt, lostAt }) => now - (stoppedAt ?? lostAt ?? now) < ENDED_SHOWN_NS,
  );
}

function startedBoot(
  { boot, instance: name, recordedAt: startedAt }: InstanceEvent,
  facts: Envelope['facts'],
  later: Later | undefined,
): Omit<Boot, 'isReplaced'> {
  const { role, version } =
    facts.case === 'instanceStarted' ? facts.value : { role: '', version: '' };
  return { boot, name, role, version, startedAt, ...later };
}

/** The boot that an event is about, and what it says of it. */
function whatCameLater(
  event: InstanceEvent,
  facts: Envelope['facts'],
  occurredAt: bigint,
): [string, Later] {
  switch (facts.case) {
    case 'instanceLost':
      return [facts.value.boot, { lostAt: event.recordedAt }];
    case 'instanceSilent':
      return [facts.value.boot, { silentSince: occurredAt }];
    default:
      return [event.boot, { stoppedAt: event.recordedAt }];
  }
}

interface Heard {
  readonly heartbeat: LastHeartbeat | undefined;
  readonly events: BootEvents | undefined;
  /** Up to when heartbeats have come. */
  readonly now: bigint;
}

export function instanceView(boot: Boot, { heartbeat, events, now }: Heard): InstanceView {
  const { boot: id, name, role, version, startedAt } = boot;
  const [state, since] = stateOf(boot, heartbeat?.recordedAt, now);
  const emitted = events?.emitted ?? 0;
  const first = events?.first ?? 1;
  return {
    name,
    boot: id,
    role,
    version,
    state,
    since: toRfc3339(since),
    startedAt: toRfc3339(startedAt),
    lastHeardAt: heartbeat === undefined ? null : toRfc3339(heartbeat.recordedAt),
    emitted,
    missing: Math.max(0, emitted - first + 1 - (events?.held ?? 0)),
    openSessions: state === 'stopped' || state === 'lost' ? 0 : openSessions(heartbeat),
  };
}

/** The state of a boot, and since when it is in it. */
export function stateOf(
  boot: Boot,
  heardAt: bigint | undefined,
  now: bigint,
): readonly [InstanceState, bigint] {
  if (boot.stoppedAt !== undefined) return ['stopped', boot.stoppedAt];
  if (boot.lostAt !== undefined) return ['lost', boot.lostAt];
  const lastSign = heardAt ?? boot.startedAt;
  // It may have come back since somebody found it silent.
  if (boot.silentSince !== undefined && lastSign <= boot.silentSince) {
    return ['silent', boot.silentSince];
  }
  return now - lastSign > SILENT_NS ? ['silent', lastSign] : ['running', boot.startedAt];
}

function openSessions(heartbeat: LastHeartbeat | undefined): number {
  if (heartbeat === undefined) return 0;
  const { facts } = fromBinary(EnvelopeSchema, heartbeat.raw);
  if (facts.case !== 'instanceReported') return 0;
  return facts.value.openStreams.length + Number(facts.value.openStreamsLeftOut);
}
