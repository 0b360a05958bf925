import type { Duplex } from 'node:stream';
import type { Committed, Committer } from '@steno/event-log';
import { ResponseDigest } from '@steno/sessions';
import type { Ending } from '@steno/sessions';
import { encodeEmptyToServer } from '@steno/wire-postgres';
import type { CaptureLimits, Target } from '../../options.js';
import { InputKeeper } from '../../session/input-keeper.js';
import { OutputKeeper } from '../../session/output-keeper.js';
import type { SessionRecorder } from '../../session/recorder.js';
import { CommandWatch } from './command-watch.js';
import type { Cleared } from './command-watch.js';
import { PendingQueue } from './pending.js';
import { fatal } from './report.js';
import type { Refusal } from './report.js';
import { ResponseWatch } from './response-watch.js';

/** Time for the last bytes to reach a peer that does not read. */
const LINGER_MS = 2_000;

export interface RelayOptions {
  readonly client: Duplex;
  readonly upstream: Duplex;
  readonly recorder: SessionRecorder;
  readonly committer: Committer;
  readonly target: Target;
  readonly limits: CaptureLimits;
  readonly identity: string;
}

/**
 * One session between client and target. Client bytes go on only with the proof that what they
 * command was ruled on and recorded as the target's durability asks; target bytes go on as they
 * come.
 */
export class PostgresRelay {
  lastActivity = Date.now();
  readonly done: Promise<void>;
  private readonly commands: CommandWatch;
  private readonly responses: ResponseWatch;
  private readonly pending = new PendingQueue();
  private readonly strict: boolean;
  private leaving = false;
  private over = false;
  private committing = false;
  private finish: () => void = () => undefined;

  constructor(private readonly options: RelayOptions) {
    const { recorder, limits, target } = options;
    this.strict = target.durability === 'strict';
    const input = new InputKeeper(recorder, limits.inputPerCommandBytes);
    const { clock } = recorder;
    this.commands = new CommandWatch({
      recorder,
      pending: this.pending,
      input,
      clock,
      limits,
      context: { identity: options.identity, target: target.name, protocol: 'postgres' },
    });
    const budget = {
      perResponse: limits.outputPerResponseBytes,
      perSession: limits.outputPerSessionBytes,
    };
    const output = new OutputKeeper(target.capture, budget, {
      piece: (offset, bytes) => {
        recorder.output(this.responding, offset, bytes);
      },
      limit: (name, value) => {
        recorder.limitReached(name, value, this.responding);
      },
    });
    const digest = new ResponseDigest(recorder.key);
    this.responses = new ResponseWatch({
      recorder,
      pending: this.pending,
      output,
      digest,
      clock,
      input,
    });
    this.done = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  /** Nothing is under way: no command, no transaction, no half message. */
  get isIdle(): boolean {
    const { pending, responses, commands } = this;
    return pending.length === 0 && !responses.inTransaction && !commands.midMessage;
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
    if (!this.committing) client.resume();
    upstream.resume();
  }

  /** Ends the session; the first cause is the one that is recorded. */
  end(ending: Ending, refusal?: Refusal): void {
    if (this.over) return;
    this.over = true;
    const { client, upstream, recorder } = this.options;
    this.responses.cut();
    recorder.closed(ending);
    if (refusal !== undefined && client.writable) client.write(fatal(refusal));
    client.end();
    if (upstream.writable) upstream.end(encodeEmptyToServer('terminate'));
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

  private get responding(): number {
    const { head } = this.pending;
    return head?.kind === 'command' ? head.position : 0;
  }

  private readonly onClient = (chunk: Buffer): void => {
    if (this.over) return;
    this.lastActivity = Date.now();
    const { committer, client } = this.options;
    const cleared = this.commands.scan(chunk);
    const mustWait = this.strict && (cleared.commands.length > 0 || cleared.waits);
    const proof = mustWait ? undefined : committer.fast(cleared);
    if (proof !== undefined) {
      this.forward(proof);
      return;
    }
    client.pause();
    this.committing = true;
    committer.strict(cleared).then(this.onCommitted, this.onNotRecorded);
  };

  private readonly onCommitted = (proof: Committed<Cleared>): void => {
    this.committing = false;
    if (this.over) return;
    this.forward(proof);
    if (!this.options.upstream.writableNeedDrain) this.options.client.resume();
  };

  private readonly onNotRecorded = (error: unknown): void => {
    this.committing = false;
    const detail = error instanceof Error ? error.message : String(error);
    this.end({ reason: 'log-failed', detail }, { name: 'not-recorded' });
  };

  /** The only way to the target. */
  private forward(cleared: Committed<Cleared>): void {
    const { upstream, client } = this.options;
    if (cleared.commands.length > 0) this.responses.idle = false;
    this.leaving ||= cleared.leaving;
    let room = true;
    if (cleared.pieces.length > 1) upstream.cork();
    for (const piece of cleared.pieces) room = upstream.write(piece);
    if (cleared.pieces.length > 1) upstream.uncork();
    if (!room) client.pause();
    if (cleared.refusal !== undefined) {
      const { name, detail } = cleared.refusal;
      this.end(
        { reason: name === 'denied' ? 'denied' : 'protocol-error', detail },
        { name, detail },
      );
    }
  }

  private readonly onUpstream = (chunk: Buffer): void => {
    if (this.over) return;
    this.lastActivity = Date.now();
    const { committer, client, upstream } = this.options;
    const malformed = this.responses.scan(chunk);
    if (malformed !== undefined) {
      const { detail } = malformed;
      this.end({ reason: 'target-misspoke', detail }, { name: 'target-misspoke', detail });
      return;
    }
    if (!client.write(chunk)) upstream.pause();
    if (committer.fast(undefined) === undefined && committer.failure === undefined) {
      upstream.pause();
      committer.strict(undefined).then(this.onClientDrain, this.onNotRecorded);
    }
  };

  private readonly onClientDrain = (): void => {
    if (!this.options.client.writableNeedDrain) this.options.upstream.resume();
  };

  private readonly onUpstreamDrain = (): void => {
    if (!this.committing) this.options.client.resume();
  };

  private readonly onClientEnd = (): void => {
    this.leaving = true;
    if (this.options.upstream.writable) this.options.upstream.end();
  };

  private readonly onClientLost = (error?: Error | boolean): void => {
    const detail = error instanceof Error ? error.message : '';
    this.end({ reason: this.leaving ? 'client-closed' : 'client-lost', detail });
  };

  private readonly onUpstreamEnd = (): void => {
    if (this.leaving) this.end({ reason: 'client-closed' });
    // A target that ends a session says why itself, by an error that was passed on.
    else this.end({ reason: 'target-closed' });
  };

  private readonly onUpstreamLost = (error?: Error | boolean): void => {
    const detail = error instanceof Error ? error.message : '';
    if (this.leaving) this.end({ reason: 'client-closed' });
    else this.end({ reason: 'target-lost', detail }, { name: 'target-lost' });
  };
}
