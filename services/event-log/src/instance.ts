import { create } from '@bufbuild/protobuf';
import { InstanceReportedSchema, InstanceStartedSchema, InstanceStoppedSchema } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { EventStream, generatedFacts } from '@steno/sessions';
import type { Facts, InstanceRole, Origin } from '@steno/sessions';
import { Committer } from './committer.js';
import type { EventLog } from './port.js';

const HEARTBEAT_MS = 10_000;
/** Streams listed in one heartbeat; an envelope has room for about 400. */
const STREAMS_MAX = 300;
const NO_IDENTITY = { identity: '', target: '' };

/** A stream of one boot with the committer of its topic. */
export class BootStream {
  readonly committer: Committer;
  private readonly stream: EventStream;

  constructor(log: EventLog, topic: Topic, origin: Origin) {
    this.committer = new Committer((batch) => log.append(topic, batch));
    const name = `${topic}/${origin.instance}/${origin.boot}`;
    this.stream = new EventStream(origin, name, NO_IDENTITY);
  }

  /** The stream, and the position that its next event gets. */
  get head(): { readonly stream: string; readonly next: number } {
    const { stream, head } = this.stream;
    return { stream, next: head.next };
  }

  /** Recorded soon; nobody waits for it. */
  write(facts: Facts, occurredAt?: bigint): void {
    this.stream.append(this.committer.batch, facts, [], occurredAt);
    this.committer.behind();
  }

  /**
   * Resolves when it is durable; rejects with LogUnavailable, and is then tried again behind the
   * caller's back.
   */
  async record(facts: Facts): Promise<void> {
    this.stream.append(this.committer.batch, facts, []);
    await this.committer.strict(undefined);
  }
}

export interface InstanceOptions {
  readonly log: EventLog;
  /** Of this boot; signs, so that only its control stream keeps the signatures. */
  readonly origin: Origin;
  readonly role: InstanceRole;
  readonly version: string;
  /** Streams that this instance has open, for the heartbeat. */
  readonly openStreams?: () => Iterable<EventStream>;
}

/**
 * One run of one process, as the log sees it: its own streams, its start and end, its heartbeat.
 */
export class Instance {
  readonly control: BootStream;
  readonly activity: BootStream;
  private readonly heartbeat: BootStream;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: InstanceOptions) {
    const { log, origin } = options;
    const unsigned: Origin = { ...origin, sign: undefined };
    this.control = new BootStream(log, 'control', origin);
    this.activity = new BootStream(log, 'activity', unsigned);
    this.heartbeat = new BootStream(log, 'heartbeat', unsigned);
  }

  /** Says that this boot began and where others reach it, and reports from now on. */
  async begin(peer = ''): Promise<void> {
    const { version, role } = this.options;
    const started = create(InstanceStartedSchema, { version, role, peer });
    await this.control.record(generatedFacts('instanceStarted', InstanceStartedSchema, started));
    this.beat();
    this.timer = setInterval(() => {
      this.beat();
    }, HEARTBEAT_MS);
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    const stopped = create(InstanceStoppedSchema, { reason: 'stopped' });
    this.control.write(generatedFacts('instanceStopped', InstanceStoppedSchema, stopped));
    this.beat();
    const streams = [this.activity, this.control, this.heartbeat];
    try {
      for (const { committer } of streams) await committer.drain();
    } finally {
      // What the log did not take is not tried again: nobody would hear of it.
      for (const { committer } of streams) committer.stop();
    }
  }

  private beat(): void {
    const { origin, openStreams } = this.options;
    // While the log takes none, one that waits is enough; a later one says more.
    if (this.heartbeat.committer.pendingBytes > 0) return;
    this.heartbeat.write(heartbeatFacts(origin.counter.emitted, openStreams?.() ?? []));
  }
}

/**
 * What an instance says of itself: how many events it has emitted, and where its open streams end.
 */
function heartbeatFacts(emitted: number, open: Iterable<EventStream>): Facts {
  const listed = [];
  let leftOut = 0;
  for (const { stream, head } of open) {
    if (head.next === 0) continue;
    if (listed.length === STREAMS_MAX) {
      leftOut += 1;
      continue;
    }
    const position = BigInt(head.next - 1);
    listed.push({ stream, position, hash: Buffer.from(head.hash, 'hex') });
  }
  const message = create(InstanceReportedSchema, {
    emitted: BigInt(emitted),
    openStreams: listed,
    openStreamsLeftOut: BigInt(leftOut),
  });
  return generatedFacts('instanceReported', InstanceReportedSchema, message);
}
