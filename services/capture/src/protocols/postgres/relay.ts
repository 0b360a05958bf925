import type { Duplex } from 'node:stream';
import type { Committed, Committer } from '@steno/event-log';
import type { Ending } from '@steno/sessions';
import { encodeEmptyToServer } from '@steno/wire-postgres';
import type { Cleared, HeldPart } from './clearing.js';
import { holdNotice } from './denial.js';
import { HeldCommands } from './held-commands.js';
import { report } from './report.js';
import type { Cut } from './replacements.js';
import type { Refusal } from './report.js';
import { makeWatches } from './watches.js';
import type { Watches, WatchesOptions } from './watches.js';

/** Time for the last bytes to reach a peer that does not read. */
const LINGER_MS = 2_000;

export interface RelayOptions extends Omit<WatchesOptions, 'cancel'> {
  /** Asks the target to give up the command that it is at; settles once it was asked. */
  readonly cancel: () => Promise<void>;
  readonly client: Duplex;
  readonly upstream: Duplex;
  readonly committer: Committer;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * One session between client and target. Client bytes go on only with the proof that what they
 * command was ruled on and recorded as the target's durability asks; target bytes go on as they
 * come.
 */
export class PostgresRelay {
  lastActivity = Date.now();
  readonly done: Promise<void>;
  private readonly commands: Watches['commands'];
  private readonly responses: Watches['responses'];
  private readonly pending: Watches['pending'];
  private readonly strict: boolean;
  /** The client said that it goes. */
  private leaving = false;
  private over = false;
  private committing = false;
  private canceling = false;
  private readonly held = new HeldCommands();
  /** For the client, as soon as there is room between messages of the target. */
  private notices: Buffer[] = [];
  /** The client sends no more, and the target is to know when it has all. */
  private endsUpstream = false;
  private finish: () => void = () => undefined;

  constructor(private readonly options: RelayOptions) {
    this.strict = options.target.durability === 'strict';
    const { commands, responses, pending } = makeWatches({
      ...options,
      cancel: () => {
        void this.giveUp();
      },
    });
    this.commands = commands;
    this.responses = responses;
    this.pending = pending;
    this.done = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  /** Nothing is under way: no command, no transaction, no half message. */
  get isIdle(): boolean {
    return this.isWaiting && !this.responses.inTransaction && !this.commands.midMessage;
  }

  /** The target has nothing to do: it is the client's turn. */
  get isWaiting(): boolean {
    return this.pending.length === 0;
  }

  /** `early`: what the client sent before it was told to go on. */
  start(early: Buffer): void {
    const { client, upstream } = this.options;
    client.on('data', this.onClient);
    client.on('end', this.onClientEnd);
    client.on('error', this.onClientLost);
    client.on('close', this.onClientLost);
    client.on('drain', this.onClientDrain);
    upstream.on('data', this.onUpstream);
    upstream.on('end', this.onUpstreamEnd);
    upstream.on('error', this.onUpstreamLost);
    upstream.on('close', this.onUpstreamLost);
    upstream.on('drain', this.onUpstreamDrain);
    if (early.length > 0) this.onClient(early);
    // What happened before anybody listened is not told again.
    if (client.destroyed) this.onClientLost();
    else if (client.readableEnded) this.onClientEnd();
    if (upstream.destroyed) this.onUpstreamLost();
    else if (upstream.readableEnded) this.onUpstreamEnd();
    if (!this.committing) client.resume();
    upstream.resume();
  }

  /** Ends the session; the first cause is the one that is recorded. */
  end(ending: Ending, refusal?: Refusal): void {
    if (this.over) return;
    this.over = true;
    const { client, upstream, recorder } = this.options;
    this.held.withdraw(ending.reason === 'client-lost' ? 'client-left' : 'session-ended');
    const isForced = refusal !== undefined && !upstream.readableEnded && upstream.writable;
    if (isForced && !this.isWaiting) void this.options.cancel();
    this.responses.cut();
    recorder.closed(ending);
    // Between the messages of the target there is room for one of ours, within one there is not.
    const isHeard = client.writable && !this.responses.midMessage;
    if (refusal !== undefined && isHeard) client.write(report(refusal, 'FATAL'));
    client.end();
    this.endUpstream();
    // Whoever does not read or close by then is cut.
    const timer = setTimeout(() => {
      client.destroy();
      upstream.destroy();
    }, LINGER_MS);
    timer.unref();
    client.resume();
    upstream.resume();
    this.finish();
  }

  /** Whether a held command was at its turn, so that the target has nothing to give up. */
  withdraw(): boolean {
    const { first } = this.held;
    if (first === undefined || first.held.running !== this.pending.head) return false;
    first.held.waiting.withdraw('canceled');
    return true;
  }

  /** What the client sends meanwhile waits: the cancel must not meet what is asked next. */
  private async giveUp(): Promise<void> {
    this.canceling = true;
    this.options.client.pause();
    await this.options.cancel();
    this.canceling = false;
    this.readOn();
  }

  private endUpstream(): void {
    const { upstream } = this.options;
    if (!upstream.writable) return;
    // Where part of a message went out, a Terminate would be taken for the rest of it.
    if (this.commands.isPartlySent) upstream.end();
    else upstream.end(encodeEmptyToServer('terminate'));
  }

  private readonly onClient = (chunk: Buffer): void => {
    if (this.over) return;
    this.lastActivity = Date.now();
    try {
      this.takeCommands(chunk);
    } catch (error) {
      this.fail(error);
    }
  };

  private takeCommands(chunk: Buffer): void {
    if (this.held.first !== undefined) {
      if (!this.held.keep(chunk)) this.options.client.pause();
      return;
    }
    const { cleared, held } = this.commands.scan(chunk);
    if (held.length > 0) this.hold(held);
    this.commit(cleared);
  }

  /** Forwards it once the record may be relied on. */
  private commit(cleared: Cleared): void {
    const { committer, client } = this.options;
    const mustWait = this.strict && (cleared.commands.length > 0 || cleared.waits);
    const proof = mustWait ? undefined : committer.fast(cleared);
    if (proof !== undefined) {
      this.forward(proof);
      return;
    }
    client.pause();
    this.committing = true;
    committer.strict(cleared).then(this.onCommitted, this.onNotRecorded);
  }

  private readonly onCommitted = (proof: Committed<Cleared>): void => {
    this.committing = false;
    if (this.over) return;
    this.forward(proof);
    this.readOn();
  };

  private readOn(): void {
    if (this.committing || this.canceling || this.over) return;
    if (this.endsUpstream) this.onClientEnd();
    if (!this.options.upstream.writableNeedDrain) this.options.client.resume();
  }

  /** The client is told what its commands wait for; the first is waited for once its turn comes. */
  private hold(parts: readonly HeldPart[]): void {
    this.held.add(parts);
    for (const { held } of parts) {
      this.notices.push(holdNotice(held.decision, held.hold, held.waiting));
    }
    this.tell();
  }

  private tell(): void {
    if (this.notices.length === 0 || this.responses.midMessage || this.over) return;
    for (const notice of this.notices) this.options.client.write(notice);
    this.notices = [];
  }

  /** Goes on with what waits behind what was forwarded. */
  private proceed(): void {
    const { first } = this.held;
    if (first === undefined) {
      const later = this.held.takeLater();
      if (later !== undefined) this.takeCommands(later);
      return;
    }
    void first.held.waiting.outcome.then((outcome) => {
      if (this.over) return;
      try {
        const cleared = this.commands.release(first, outcome);
        this.held.shift();
        this.commit(cleared);
        this.readOn();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private readonly onNotRecorded = (error: unknown): void => {
    this.committing = false;
    const detail = error instanceof Error ? error.message : String(error);
    this.end({ reason: 'log-failed', detail }, { name: 'not-recorded' });
  };

  /** The only way to the target. */
  private forward(cleared: Committed<Cleared>): void {
    const { upstream, client } = this.options;
    this.leaving ||= cleared.leaving;
    let room = true;
    if (cleared.pieces.length > 1) upstream.cork();
    for (const piece of cleared.pieces) room = upstream.write(piece);
    if (cleared.pieces.length > 1) upstream.uncork();
    if (cleared.traces !== undefined) for (const trace of cleared.traces) trace.forwarded();
    if (!room) client.pause();
    if (cleared.refusal !== undefined) {
      const { name, detail } = cleared.refusal;
      const reason = name === 'denied' ? 'denied' : 'protocol-error';
      this.end({ reason, detail }, { name, detail });
    } else if (!this.held.isIdle) this.proceed();
  }

  private readonly onUpstream = (chunk: Buffer): void => {
    if (this.over) return;
    this.lastActivity = Date.now();
    try {
      this.takeResponses(chunk);
    } catch (error) {
      this.fail(error);
    }
  };

  private takeResponses(chunk: Buffer): void {
    const { committer, client, upstream } = this.options;
    const { pieces, malformed, cut } = this.responses.scan(chunk);
    if (malformed !== undefined) {
      const { detail } = malformed;
      this.end({ reason: 'target-misspoke', detail }, { name: 'target-misspoke', detail });
      return;
    }
    let room = true;
    if (pieces.length > 1) client.cork();
    for (const piece of pieces) room = client.write(piece);
    if (pieces.length > 1) client.uncork();
    if (!room) upstream.pause();
    if (cut !== undefined) {
      this.cutBy(cut);
      return;
    }
    this.tell();
    if (!committer.behind()) {
      upstream.pause();
      committer.strict(undefined).then(this.onClientDrain, this.onNotRecorded);
    }
  }

  private cutBy({ refusal, limit }: Cut): void {
    if (limit !== undefined) this.options.recorder.limitReached(limit.name, limit.value);
    const reason = refusal.name === 'too-long-to-mask' ? refusal.name : 'denied';
    this.end({ reason, detail: refusal.detail ?? '' }, refusal);
  }

  /** A fault of ours ends this session and no other. */
  private fail(error: unknown): void {
    const { client, upstream, warn } = this.options;
    warn('a session failed', { error: error instanceof Error ? error.stack : String(error) });
    try {
      this.end({ reason: 'gateway-failed' }, { name: 'gateway-failed' });
    } finally {
      client.destroy();
      upstream.destroy();
      this.finish();
    }
  }

  private readonly onClientDrain = (): void => {
    if (!this.options.client.writableNeedDrain) this.options.upstream.resume();
  };

  private readonly onUpstreamDrain = (): void => {
    if (!this.committing && !this.canceling) this.options.client.resume();
  };

  private readonly onClientEnd = (): void => {
    this.endsUpstream = true;
    // Whoever asked is gone: what people say now must not run.
    this.held.withdraw('client-left');
    const isBusy = this.committing || !this.held.isIdle;
    if (!isBusy && this.options.upstream.writable) this.options.upstream.end();
  };

  private readonly onClientLost = (error?: Error | boolean): void => {
    if (this.leaving) this.end({ reason: 'client-closed' });
    else {
      const detail = error instanceof Error ? error.message : 'it left without a Terminate';
      this.end({ reason: 'client-lost', detail });
    }
  };

  private readonly onUpstreamEnd = (): void => {
    this.onUpstreamLost();
  };

  private readonly onUpstreamLost = (error?: Error | boolean): void => {
    const { lastWord } = this.responses;
    // A target that ends a session says why by an error, which was passed on.
    if (this.leaving || this.endsUpstream) this.onClientLost();
    else if (lastWord !== '') this.end({ reason: 'target-closed', detail: `SQLSTATE ${lastWord}` });
    else {
      const detail = error instanceof Error ? error.message : '';
      this.end({ reason: 'target-lost', detail }, { name: 'target-lost' });
    }
  };
}
