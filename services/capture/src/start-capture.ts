import { Committer, Instance } from '@steno/event-log';
import type { CommitterLimits, EventLog } from '@steno/event-log';
import type { Origin } from '@steno/sessions';
import type { TokenVerifier } from './authentication/token-verifier.js';
import { ControlState } from './control-state.js';
import { DeclaredTargets } from './declared-targets.js';
import { LoginRefusals } from './login-refusals.js';
import type { CaptureLimits, GatewayOptions, SessionRules, Target } from './options.js';
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
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface RunningCapture {
  readonly gateways: { readonly postgres?: { readonly host: string; readonly port: number } };
  /** Sessions of an earlier run that were found open and closed. */
  readonly recovered: number;
  sessions(): number;
  pendingBytes(): number;
  /** Resolves once it is recorded: new sessions go by these then. Rejects at the end. */
  retarget(targets: readonly Target[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the capture of an installation on a log that this process owns. */
export async function startCapture(options: CaptureOptions): Promise<RunningCapture> {
  const { log, origin, limits, rules } = options;
  const unsigned: Origin = { ...origin, sign: undefined };
  const data = new Committer((batch) => log.append('data', batch), options.committer);
  const recovered = await closeLostSessions(log, unsigned, data);
  const opener = new SessionOpener(unsigned, data, options.installationKey, rules);
  const { version } = options;
  const openStreams = () => opener.openStreams;
  const instance = new Instance({ log, origin, role: 'capture', version, openStreams });
  const refusals = new LoginRefusals((facts) => {
    instance.activity.write(facts);
  }, origin.clock);
  const state = new ControlState(options.rootPublicKey, ({ sessionId, actor, reason }) => {
    gateway?.terminate(sessionId, { reason: 'terminated', actor, detail: reason });
  });
  const stop = new AbortController();
  const targets = new DeclaredTargets(state, instance.control, stop.signal);
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
          boot: origin.boot,
          peers: state.peers,
          warn: options.warn,
        });
  const next = await state.load(log);
  if (state.refused > 0) options.warn('control events were not believed', { count: state.refused });
  const following = follow(state, next, options, stop.signal);
  // Listens first, since what it says of itself names the port.
  const address = await gateway?.listen();
  await instance.begin(ownPeerAddress(options.postgres?.peer, address));
  await targets.declare(options.targets);
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

/** Folds what is said on control from now on. */
function follow(
  state: ControlState,
  from: number,
  { log, warn }: Pick<CaptureOptions, 'log' | 'warn'>,
  signal: AbortSignal,
): Promise<void> {
  return log.subscribe(
    'control',
    new Map([[0, from]]),
    (entries) => {
      const before = state.refused;
      for (const { bytes } of entries) state.fold(bytes, true);
      const count = state.refused - before;
      if (count > 0) warn('control events were not believed', { count });
      return Promise.resolve();
    },
    signal,
  );
}
