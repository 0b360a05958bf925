import { create } from '@bufbuild/protobuf';
import { Committer, Instance } from '@steno/event-log';
import type { CommitterLimits, EventLog } from '@steno/event-log';
import { BacklogChangedSchema } from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Origin } from '@steno/sessions';
import type { TokenVerifier } from './authentication/token-verifier.js';
import { ControlFollower } from './control-follower.js';
import { DeclaredTargets } from './declared-targets.js';
import { LoginRefusals } from './login-refusals.js';
import type { CaptureLimits, Closed, GatewayOptions, SessionRules, Target } from './options.js';
import { PostgresGateway } from './protocols/postgres/gateway.js';
import { ownPeerAddress } from './protocols/postgres/peer-address.js';
import { closeLostSessions } from './recovery.js';
import { SessionOpener } from './session/opener.js';

const SWEEP_MS = 500;

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
  /** Bounds of `fast`; the defaults if absent. */
  readonly committer?: CommitterLimits;
  /** Why no new session is taken for now; undefined: they are. Always taken if absent. */
  readonly closed?: () => Closed | undefined;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface RunningCapture {
  readonly gateways: { readonly postgres?: { readonly host: string; readonly port: number } };
  /** Resolves when sessions that an earlier run left open are closed: how many there were. */
  readonly recovered: Promise<number>;
  sessions(): number;
  pendingBytes(): number;
  /** Records that what waits to be shipped has come to another state. */
  backlogChanged(to: {
    readonly state: string;
    readonly bytes: number;
    readonly ageMs: number;
  }): void;
  /** Resolves once it is recorded: new sessions go by these then. Rejects at the end. */
  retarget(targets: readonly Target[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the capture of an installation on a log that this process owns. */
export async function startCapture(options: CaptureOptions): Promise<RunningCapture> {
  const { log, origin, limits, rules } = options;
  const unsigned: Origin = { ...origin, sign: undefined };
  const data = new Committer((batch) => log.append('data', batch), options.committer);
  const stop = new AbortController();
  const recovered = closeLostSessions({ log, origin: unsigned, committer: data }, stop.signal);
  recovered.catch(() => undefined); // told to whoever waits for it
  const opener = new SessionOpener(unsigned, data, options.installationKey, rules);
  const { version } = options;
  const openStreams = () => opener.openStreams;
  const instance = new Instance({ log, origin, role: 'capture', version, openStreams });
  const refusals = new LoginRefusals((facts) => {
    instance.activity.write(facts);
  }, origin.clock);
  const control = new ControlFollower(options, ({ sessionId, actor, reason }) => {
    gateway?.terminate(sessionId, { reason: 'terminated', actor, detail: reason });
  });
  const targets = new DeclaredTargets(control.state, instance.control, stop.signal);
  const { postgres, verifier, warn, closed = () => undefined } = options;
  const gateway =
    postgres === undefined
      ? undefined
      : new PostgresGateway({
          gateway: postgres,
          limits,
          rules,
          verifier,
          targets,
          opener,
          refusals,
          committer: data,
          closed,
          boot: origin.boot,
          peers: control.state.peers,
          warn,
        });
  await control.load();
  const following = control.follow(stop.signal);
  // Listens first, since what it says of itself names the port.
  const address = await gateway?.listen();
  await instance.begin(ownPeerAddress(postgres?.peer, address));
  await targets.declaredAtStart(options.targets, warn);
  gateway?.serve();
  const sweep = setInterval(() => {
    gateway?.sweep();
    refusals.sweep();
  }, SWEEP_MS);
  return {
    gateways: address === undefined ? {} : { postgres: address },
    recovered,
    sessions: () => gateway?.sessions ?? 0,
    pendingBytes: () => data.pendingBytes,
    backlogChanged: ({ state, bytes, ageMs }) => {
      const figures = { bytes: BigInt(bytes), ageMs: BigInt(ageMs) };
      const changed = create(BacklogChangedSchema, { state, ...figures });
      instance.activity.write(generatedFacts('backlogChanged', BacklogChangedSchema, changed));
    },
    retarget: (changed) => targets.declare(changed),
    stop: async () => {
      await gateway?.drain();
      clearInterval(sweep);
      refusals.sweep(true);
      stop.abort();
      await following;
      await data.drain();
      data.stop();
      await instance.end();
    },
  };
}
