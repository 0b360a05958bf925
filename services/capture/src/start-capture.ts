import { Committer, Instance } from '@steno/event-log';
import type { CommitterLimits, EventLog } from '@steno/event-log';
import type { Origin } from '@steno/sessions';
import type { TokenVerifier } from './authentication/token-verifier.js';
import { ApprovalDesk } from './approvals/approval-desk.js';
import { backlogFacts } from './backlog.js';
import type { Backlog } from './backlog.js';
import { ControlFollower, listeners } from './control-follower.js';
import type { Hearing } from './control-follower.js';
import { Gateways } from './gateways.js';
import type { GatewayAddresses, GatewaysOptions } from './gateways.js';
import { DeclaredTargets, untilFolded } from './declared-targets.js';
import { LoginRefusals } from './login-refusals.js';
import type {
  CaptureLimits,
  Closed,
  GatewayOptions,
  RegistrationMode,
  SessionRules,
  Target,
} from './options.js';
import { Policies } from './policies.js';
import type { PolicyFiles } from './policies.js';
import { ownPeerAddress } from './protocols/postgres/peer-address.js';
import { closeLostSessions } from './recovery.js';
import { SessionOpener } from './session/opener.js';
import { Tally } from './tally.js';
import type { TallyFigures } from './tally.js';

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
  /** Where people reach the console, if that is known. */
  readonly consoleUrl?: string | undefined;
  /** Without any, everything is allowed. */
  readonly policies?: PolicyFiles;
  /** Who may open a session, as far as the inventory says; `observe` if absent. */
  readonly registration?: RegistrationMode;
  readonly postgres: GatewayOptions | undefined;
  readonly limits: CaptureLimits;
  readonly rules: SessionRules;
  /** Bounds of `fast`; the defaults if absent. */
  readonly committer?: CommitterLimits;
  /** Why no new session is taken for now; undefined: they are. Always taken if absent. */
  readonly closed?: () => Closed | undefined;
  /** Is told of commands; nobody if absent. */
  readonly tracer?: GatewaysOptions['tracer'];
  /** Told of each commit to the data topic how long it took. */
  readonly onCommit?: (tookMs: number) => void;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** What there is to count, for metrics; totals are since the start. */
export interface CaptureFigures extends TallyFigures {
  /** That run. */
  readonly sessions: number;
  /** That wait for a commit. */
  readonly pendingBytes: number;
  /** Events of control that were not believed. */
  readonly controlRefused: number;
}

export interface RunningCapture {
  readonly gateways: GatewayAddresses;
  /** Resolves when sessions that an earlier run left open are closed: how many there were. */
  readonly recovered: Promise<number>;
  readonly figures: () => CaptureFigures;
  /** Records that what waits to be shipped has come to another state. */
  backlogChanged(to: Backlog): void;
  /** Resolves once it is recorded: new sessions go by these then. Rejects at the end. */
  retarget(targets: readonly Target[]): Promise<void>;
  /**
   * All sessions go by these once they are on record. Rejects where one is wrong or they cannot be
   * recorded, and then nothing changes; while the log takes nothing it waits.
   */
  repolicy(files: PolicyFiles): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the capture of an installation on a log that this process owns. */
export async function startCapture(options: CaptureOptions): Promise<RunningCapture> {
  const { log, origin, version } = options;
  const unsigned: Origin = { ...origin, sign: undefined };
  const data = dataCommitter(options);
  const tally = new Tally();
  const stop = new AbortController();
  const recovered = closeLostSessions({ log, origin: unsigned, committer: data }, stop.signal);
  recovered.catch(() => undefined); // told to whoever waits for it
  const policies = await Policies.of(options.policies ?? []);
  const opener = new SessionOpener({ ...options, origin: unsigned, policies }, data, tally);
  const openStreams = () => opener.openStreams;
  const instance = new Instance({ log, origin, role: 'capture', version, openStreams });
  const refusals = new LoginRefusals((facts) => {
    instance.activity.write(facts);
  }, origin.clock);
  const control = new ControlFollower(
    options,
    listeners((): Hearing => ({ running: gateways.running, approvals, oneTimeTokens })),
  );
  const approvals = new ApprovalDesk({
    ...options,
    control: instance.control,
    approvals: control.state.approvals,
    clock: origin.clock,
  });
  const oneTimeTokens = control.oneTimeTokens(instance.control, options.installationKey);
  const targets = new DeclaredTargets(control.state, instance.control, stop.signal);
  const { postgres, warn } = options;
  const parts = { targets, policies, approvals, oneTimeTokens, opener, refusals, tally };
  const gateways = gatewaysOf(options, control, { ...parts, committer: data });
  await control.load();
  const following = control.follow(stop.signal);
  // Listens first, since what it says of itself names the port.
  const addresses = await gateways.listen();
  await instance.begin(ownPeerAddress(postgres?.peer, addresses.postgres));
  instance.control.write(policies.facts);
  await targets.declaredAtStart(options.targets, warn);
  gateways.serve();
  const sweep = setInterval(() => {
    gateways.running.sweep();
    refusals.sweep();
  }, SWEEP_MS);
  return {
    gateways: addresses,
    recovered,
    figures: () => ({ ...tally, ...standing({ running: gateways.running, data, control }) }),
    backlogChanged: (to) => {
      instance.activity.write(backlogFacts(to));
    },
    retarget: (changed) => targets.declare(changed),
    repolicy: (files) =>
      policies.change(files, async (facts) => {
        instance.control.write(facts);
        await untilFolded(targets);
      }),
    stop: async () => {
      await gateways.drain();
      await approvals.settled();
      clearInterval(sweep);
      refusals.sweep(true);
      stop.abort();
      await following;
      await end(data, instance);
    },
  };
}

function gatewaysOf(
  options: CaptureOptions,
  control: ControlFollower,
  parts: Pick<
    GatewaysOptions,
    | 'targets'
    | 'policies'
    | 'approvals'
    | 'oneTimeTokens'
    | 'opener'
    | 'refusals'
    | 'tally'
    | 'committer'
  >,
): Gateways {
  const { origin, verifier, tracer, registration = 'observe', closed = () => undefined } = options;
  const { peers, credentials } = control.state;
  return new Gateways({
    ...options,
    ...parts,
    verifier: control.verifier(verifier, origin.clock),
    registration: control.registration(registration, origin.clock),
    closed,
    boot: origin.boot,
    peers,
    sealed: credentials,
    tracer,
  });
}

/** Rejects with LogUnavailable when the log did not take all; it has ended then as well. */
async function end(data: Committer, instance: Instance): Promise<void> {
  try {
    await data.drain();
  } finally {
    data.stop();
    await instance.end();
  }
}

function dataCommitter({ log, committer, onCommit = () => undefined }: CaptureOptions): Committer {
  return new Committer(async (batch) => {
    const startedAt = performance.now();
    await log.append('data', batch);
    onCommit(performance.now() - startedAt);
  }, committer);
}

function standing(parts: {
  readonly running: Gateways['running'];
  readonly data: Committer;
  readonly control: ControlFollower;
}): Omit<CaptureFigures, keyof TallyFigures> {
  return {
    sessions: parts.running.size,
    pendingBytes: parts.data.pendingBytes,
    controlRefused: parts.control.state.refused,
  };
}
