import { performance } from 'node:perf_hooks';
import { create, fromBinary } from '@bufbuild/protobuf';
import { ControlFollower } from '@steno/capture';
import type { ControlListeners, ControlState, KnownInstance } from '@steno/capture';
import type { BootStream, EventLog, LogEntry } from '@steno/event-log';
import { EnvelopeSchema, InstanceHeardSchema, InstanceSilentSchema } from '@steno/proto';
import { generatedFacts, readBatch } from '@steno/sessions';
import type { Origin } from '@steno/sessions';
import { logLine } from '../log-lines.js';
import type { LogDetails } from '../log-lines.js';

/** Three heartbeats. */
const SILENT_MS = 30_000;
/** Whoever watches hears of itself so often, or the log is away. */
const OWN_MS = 15_000;
const LOOK_MS = 1_000;

export interface InstanceWatchOptions {
  readonly log: EventLog;
  readonly rootPublicKey: Uint8Array;
  /** Of this process: its heartbeats tell that the log can be heard. */
  readonly origin: Origin;
  readonly control: BootStream;
  /** How much longer than others it waits: one that says it is enough. */
  readonly patienceMs: number;
  /** Told of what else control says. */
  readonly listeners?: ControlListeners;
}

/**
 * Says of instances that stopped reporting that they are silent, and that they were heard again.
 * Nobody but its owner ends a session: what a silent one has recorded may still come.
 */
export class InstanceWatch {
  static async start(options: InstanceWatchOptions): Promise<InstanceWatch> {
    const watch = new InstanceWatch(options);
    await watch.begin();
    return watch;
  }

  private readonly control: ControlFollower;
  private readonly warn: (message: string, details: LogDetails) => void;
  private readonly stopping = new AbortController();
  /** When a boot was heard, by this process's own clock, which does not jump. */
  private readonly heard = new Map<string, number>();
  private readonly replacedAt = new Map<string, number>();
  /** recorded_at of the last heartbeat. */
  private readonly beats = new Map<string, bigint>();
  private readonly told = new Set<string>();
  private following: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  private constructor(private readonly options: InstanceWatchOptions) {
    const { log, rootPublicKey, origin, listeners } = options;
    this.warn = (message, details) => {
      logLine(origin.instance, 'warn', message, details);
    };
    this.control = new ControlFollower({ log, rootPublicKey, warn: this.warn }, listeners);
  }

  private async begin(): Promise<void> {
    const { log } = this.options;
    const { signal } = this.stopping;
    await this.control.load();
    const end = await log.end('heartbeat');
    const take = (entries: readonly LogEntry[]): Promise<void> => {
      for (const { bytes } of entries) this.hear(bytes);
      return Promise.resolve();
    };
    this.following = Promise.all([
      this.control.follow(signal),
      log.subscribe('heartbeat', end, take, signal),
    ]);
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.following;
  }

  /** What control says, kept up to date. */
  get known(): ControlState {
    return this.control.state;
  }

  /** How many instances are in each state; of each name its newest boot counts. */
  get states(): ReadonlyMap<KnownInstance['state'], number> {
    const counts = new Map<KnownInstance['state'], number>([
      ['running', 0],
      ['silent', 0],
      ['lost', 0],
    ]);
    for (const { state, isReplaced } of this.control.state.instances.values()) {
      if (!isReplaced) counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  }

  private hear(bytes: Buffer): void {
    const records = readBatch(bytes);
    if ('malformed' in records) return; // for the projector to tell
    for (const { raw } of records) {
      const envelope = fromBinary(EnvelopeSchema, raw);
      if (envelope.facts.case === 'instanceReported') this.heartbeat(envelope);
    }
  }

  private heartbeat({ boot, recordedAt }: { boot: string; recordedAt: bigint }): void {
    const now = performance.now();
    const own = this.heard.get(this.options.origin.boot);
    // The log was away: nobody could be heard, and all are given their time anew.
    if (boot === this.options.origin.boot && own !== undefined && now - own > OWN_MS)
      this.heard.clear();
    this.heard.set(boot, now);
    this.beats.set(boot, recordedAt);
    const known = this.control.state.instances.get(boot);
    if (known?.state !== 'silent') return;
    this.told.delete(boot);
    const heard = create(InstanceHeardSchema, { instance: known.instance, boot });
    this.options.control.write(generatedFacts('instanceHeard', InstanceHeardSchema, heard));
  }

  private look(): void {
    const now = performance.now();
    const own = this.heard.get(this.options.origin.boot);
    if (own === undefined || now - own > OWN_MS) return;
    for (const [boot, known] of this.control.state.instances) {
      const heardAt = this.heard.get(boot) ?? now;
      this.heard.set(boot, heardAt);
      if (!this.isExpected(boot, known, heardAt)) continue;
      if (now - heardAt <= SILENT_MS + this.options.patienceMs || this.told.has(boot)) continue;
      this.told.add(boot);
      this.tellSilent(boot, known.instance);
    }
  }

  /** One whose name a later boot has ended with it, unless it goes on reporting. */
  private isExpected(boot: string, { state, isReplaced }: KnownInstance, heardAt: number): boolean {
    if (state !== 'running') return false;
    if (!isReplaced) return true;
    const replacedAt = this.replacedAt.get(boot) ?? performance.now();
    this.replacedAt.set(boot, replacedAt);
    return heardAt > replacedAt;
  }

  private tellSilent(boot: string, instance: string): void {
    const { control } = this.options;
    const silent = create(InstanceSilentSchema, { instance, boot });
    const facts = generatedFacts('instanceSilent', InstanceSilentSchema, silent);
    control.write(facts, this.beats.get(boot));
    this.warn('an instance is silent: it has missed three heartbeats', { instance, boot });
  }
}
