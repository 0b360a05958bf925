import type { Envelope, PolicyLoaded } from '@steno/proto';

/** Versions that are known; of more those that were loaded last. Those in force always are. */
const VERSIONS_MAX = 1_000;
/** Names of captures that are known, in all and of a version: pods come and go under new names. */
const CAPTURES_MAX = 1_000;
const CAPTURES_OF_VERSION_MAX = 50;

/** Policies that some capture has gone by, once or more often. Their texts lie in the store. */
export interface PolicyVersion {
  /** 64 hex digits. */
  readonly digest: string;
  readonly rules: number;
  /** None: everything is allowed. */
  readonly fileNames: readonly string[];
  /** Nanoseconds since the epoch, as all times here. */
  readonly firstLoadedAt: bigint;
  /** When a capture began to go by them that had not; a restart is none. */
  readonly inForceSince: bigint;
  /** When a capture that went by them was heard of last; undefined: one does now. */
  readonly lastInForceAt: bigint | undefined;
  /** That have gone by them, those that did last. */
  readonly captures: readonly string[];
  /** By what was gone before; undefined: by nothing, these were the first. */
  readonly before: string | undefined;
  /** An event that has their texts. */
  readonly place: { readonly stream: string; readonly position: number };
}

/** By which policies a capture goes. */
export interface PoliciesOfCapture {
  readonly instance: string;
  readonly boot: string;
  readonly digest: string;
  readonly since: bigint;
  /** It has stopped reporting: it may go by them still. */
  readonly isSilent: boolean;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Known extends Omit<Mutable<PolicyVersion>, 'captures' | 'lastInForceAt'> {
  captures: string[];
  endedAt: bigint;
}

interface Place extends Mutable<PoliciesOfCapture> {
  /** It goes by nothing any more. */
  isOver: boolean;
}

/** The versions of the policies of an installation, folded from the control topic. */
export class PolicyVersions {
  private readonly byDigest = new Map<string, Known>();
  private readonly byInstance = new Map<string, Place>();
  private last: string | undefined;
  private forgotten = 0;

  /** How many were, and are not told of any more. */
  get leftOut(): number {
    return this.forgotten;
  }

  /** What came into force last comes first. */
  all(): readonly PolicyVersion[] {
    const inForce = new Set(this.inForce().map(({ digest }) => digest));
    return [...this.byDigest.values()]
      .map((known) => view(known, inForce))
      .sort((one, other) => (one.inForceSince < other.inForceSince ? 1 : -1));
  }

  get(digest: string): PolicyVersion | undefined {
    const known = this.byDigest.get(digest);
    return known && view(known, new Set(this.inForce().map((each) => each.digest)));
  }

  /** Captures that run, or may, by name. */
  inForce(): readonly PoliciesOfCapture[] {
    return [...this.byInstance.values()]
      .filter(({ isOver }) => !isOver)
      .sort((one, other) => one.instance.localeCompare(other.instance))
      .map(({ isOver: _, ...place }) => place);
  }

  take(envelope: Envelope): void {
    const { facts, boot, occurredAt } = envelope;
    switch (facts.case) {
      case 'policyLoaded':
        this.load(envelope, facts.value);
        break;
      case 'instanceStopped':
        this.end(boot, occurredAt);
        break;
      case 'instanceLost':
        this.end(facts.value.boot, occurredAt);
        break;
      case 'instanceSilent':
        this.hear(facts.value.boot, true);
        break;
      case 'instanceHeard':
        this.hear(facts.value.boot, false);
        break;
      default:
        break;
    }
  }

  private load(envelope: Envelope, loaded: PolicyLoaded): void {
    const { stream, position, instance, boot, occurredAt } = envelope;
    const digest = Buffer.from(loaded.digest).toString('hex');
    const place = { stream, position: Number(position) };
    const of = this.byInstance.get(instance);
    const isSwitch = of?.digest !== digest;
    const before = of === undefined ? this.last : of.digest;
    if (of !== undefined && !of.isOver) this.ended(of.digest, occurredAt);
    const known = this.byDigest.get(digest);
    const version: Known = known ?? {
      digest,
      rules: loaded.rules,
      fileNames: loaded.files.map(({ name }) => name),
      firstLoadedAt: occurredAt,
      inForceSince: occurredAt,
      endedAt: occurredAt,
      captures: [],
      before: undefined,
      place,
    };
    // A capture that is new and goes by what others go by changes nothing.
    const isNews = known === undefined || (of !== undefined && isSwitch);
    if (isNews) {
      version.inForceSince = occurredAt;
      if (before !== digest) version.before = before;
    }
    version.captures = [...version.captures.filter((name) => name !== instance), instance];
    version.captures = version.captures.slice(-CAPTURES_OF_VERSION_MAX);
    this.byDigest.set(digest, version);
    this.byInstance.delete(instance);
    const since = of !== undefined && !of.isOver && !isSwitch ? of.since : occurredAt;
    this.byInstance.set(instance, {
      instance,
      boot,
      digest,
      since,
      isSilent: false,
      isOver: false,
    });
    this.last = digest;
    this.forget();
  }

  private end(boot: string, at: bigint): void {
    for (const place of this.byInstance.values()) {
      if (place.boot !== boot || place.isOver) continue;
      place.isOver = true;
      this.ended(place.digest, at);
    }
  }

  private ended(digest: string, at: bigint): void {
    const known = this.byDigest.get(digest);
    if (known !== undefined && known.endedAt < at) known.endedAt = at;
  }

  private hear(boot: string, isSilent: boolean): void {
    for (const place of this.byInstance.values())
      if (place.boot === boot) place.isSilent = isSilent;
  }

  private forget(): void {
    if (this.byInstance.size > CAPTURES_MAX) {
      const places = [...this.byInstance.values()];
      const oldest = places.find(({ isOver }) => isOver) ?? places[0];
      if (oldest !== undefined) this.byInstance.delete(oldest.instance);
    }
    if (this.byDigest.size <= VERSIONS_MAX) return;
    const inForce = new Set(this.inForce().map(({ digest }) => digest));
    let oldest: Known | undefined;
    for (const known of this.byDigest.values()) {
      if (inForce.has(known.digest)) continue;
      if (oldest === undefined || known.inForceSince < oldest.inForceSince) oldest = known;
    }
    if (oldest === undefined) return;
    this.byDigest.delete(oldest.digest);
    this.forgotten += 1;
  }
}

function view({ endedAt, ...known }: Known, inForce: ReadonlySet<string>): PolicyVersion {
  return { ...known, lastInForceAt: inForce.has(known.digest) ? undefined : endedAt };
}
