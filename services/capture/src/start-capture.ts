import { create } from '@bufbuild/protobuf';
import { Committer } from '@steno/event-log';
import type { EventLog } from '@steno/event-log';
import { InstanceStartedSchema, InstanceStoppedSchema } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { EventStream, generatedFacts } from '@steno/sessions';
import type { Facts, Origin } from '@steno/sessions';
import type { TokenVerifier } from './authentication/token-verifier.js';
import { ControlState, targetChanges } from './control-state.js';
import { heartbeatFacts } from './heartbeat.js';
import { LoginRefusals } from './login-refusals.js';
import type { CaptureLimits, GatewayOptions, SessionRules, Target } from './options.js';
import { PostgresGateway } from './protocols/postgres/gateway.js';
import { closeLostSessions } from './recovery.js';
import { SessionOpener } from './session/opener.js';

const HEARTBEAT_MS = 10_000;
const SWEEP_MS = 500;
const NO_IDENTITY = { identity: '', target: '' };

export interface CaptureOptions {
  readonly log: EventLog;
  /** Of this boot; signs, so that only its control stream keeps the signatures. */
  readonly origin: Origin;
  readonly rootPublicKey: Uint8Array;
  /** Wraps the keys of sessions. */
  readonly installationKey: Buffer;
  readonly version: string;
  readonly verifier: TokenVerifier;
  readonly targets: readonly Target[];
  readonly postgres: GatewayOptions | undefined;
  readonly limits: CaptureLimits;
  readonly rules: SessionRules;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface RunningCapture {
  readonly gateways: { readonly postgres?: { readonly host: string; readonly port: number } };
  /** Sessions of an earlier run that were found open and closed. */
  readonly recovered: number;
  sessions(): number;
  pendingBytes(): number;
  stop(): Promise<void>;
}

/** A stream of this boot with the committer of its topic. */
class BootStream {
  readonly committer: Committer;
  private readonly stream: EventStream;

  constructor(log: EventLog, topic: Topic, origin: Origin) {
    this.committer = new Committer((batch) => log.append(topic, batch));
    const name = `${topic}/${origin.instance}/${origin.boot}`;
    this.stream = new EventStream(origin, name, NO_IDENTITY);
  }

  write(facts: Facts): void {
    this.stream.append(this.committer.batch, facts, []);
    this.committer.behind();
  }
}

/** Starts the capture of an installation on a log that this process owns. */
export async function startCapture(options: CaptureOptions): Promise<RunningCapture> {
  const { log, origin, limits, rules } = options;
  const unsigned: Origin = { ...origin, sign: undefined };
  const data = new Committer((batch) => log.append('data', batch));
  const recovered = await closeLostSessions(log, unsigned, data);
  const control = new BootStream(log, 'control', origin);
  const activity = new BootStream(log, 'activity', unsigned);
  const heartbeat = new BootStream(log, 'heartbeat', unsigned);
  const targets = new Map(options.targets.map((target) => [target.name, target]));
  const refusals = new LoginRefusals((facts) => {
    activity.write(facts);
  }, origin.clock);
  const opener = new SessionOpener(unsigned, data, options.installationKey, rules);
  const gateway =
    options.postgres === undefined
      ? undefined
      : new PostgresGateway({
          gateway: options.postgres,
          limits,
          rules,
          verifier: options.verifier,
          targets,
          opener,
          refusals,
          committer: data,
        });
  const state = new ControlState(options.rootPublicKey, ({ sessionId, actor, reason }) => {
    gateway?.terminate(sessionId, { reason: 'terminated', actor, detail: reason });
  });
  const next = await state.load(log);
  if (state.refused > 0) options.warn('control events were not believed', { count: state.refused });
  await declare(control, state, targets, options.version);
  const stop = new AbortController();
  const following = log.subscribe(
    'control',
    new Map([[0, next]]),
    (entries) => {
      for (const { bytes } of entries) state.fold(bytes, true);
      return Promise.resolve();
    },
    stop.signal,
  );
  const address = await gateway?.listen();
  const beat = (): void => {
    heartbeat.write(heartbeatFacts(origin.counter.emitted, opener.openStreams));
  };
  beat();
  const timers = [
    setInterval(beat, HEARTBEAT_MS),
    setInterval(() => {
      gateway?.sweep();
      refusals.sweep();
    }, SWEEP_MS),
  ];
  return {
    gateways: address === undefined ? {} : { postgres: address },
    recovered,
    sessions: () => gateway?.sessions ?? 0,
    pendingBytes: () => data.pendingBytes,
    stop: async () => {
      await gateway?.drain();
      for (const timer of timers) clearInterval(timer);
      refusals.sweep(true);
      stop.abort();
      await following;
      beat();
      control.write(stopped());
      for (const committer of [data, activity.committer, heartbeat.committer, control.committer]) {
        await committer.drain();
        committer.stop();
      }
    },
  };
}

/** Says on the control topic that this boot began, and what the configuration changes. */
async function declare(
  control: BootStream,
  state: ControlState,
  targets: ReadonlyMap<string, Target>,
  version: string,
): Promise<void> {
  const started = create(InstanceStartedSchema, { version, role: 'capture' });
  control.write(generatedFacts('instanceStarted', InstanceStartedSchema, started));
  for (const facts of targetChanges(state.targets, targets)) control.write(facts);
  await control.committer.strict(undefined);
}

function stopped(): Facts {
  const message = create(InstanceStoppedSchema, { reason: 'stopped' });
  return generatedFacts('instanceStopped', InstanceStoppedSchema, message);
}
