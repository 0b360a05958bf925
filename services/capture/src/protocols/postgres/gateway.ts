import type { Socket } from 'node:net';
import type { Committer } from '@steno/event-log';
import type { Peer } from '../../control-state.js';
import type { Admission, Guest } from '../../gateway/admission.js';
import type { RunningSessions } from '../../gateway/running-sessions.js';
import type { LeaseHold, Target } from '../../options.js';
import { SessionTraces } from '../../session/command-trace.js';
import type { CommandTracer } from '../../session/command-trace.js';
import type { OpenedSession } from '../../session/opener.js';
import { CancelForwards } from './cancel-forwards.js';
import { CancelKeys, tagOfBoot, tagOfKey } from './cancel-keys.js';
import { Entrance } from './entrance.js';
import type { Way } from './entrance.js';
import type { GatesOptions } from './gates.js';
import { Lobby, targetName } from './lobby.js';
import type { CancelWish, LobbyOptions, Visitor } from './lobby.js';
import { PostgresRelay } from './relay.js';
import { welcome } from './upstream.js';

export interface PostgresGatewayOptions extends LobbyOptions, GatesOptions {
  readonly admission: Admission;
  readonly running: RunningSessions;
  readonly committer: Committer;
  readonly boot: string;
  /** Captures of this service, this one among them, by their boot. */
  readonly peers: ReadonlyMap<string, Peer>;
  readonly tracer: CommandTracer | undefined;
}

interface Admitted {
  readonly session: OpenedSession;
  readonly target: Target;
  readonly way: Way;
  readonly hold: LeaseHold | undefined;
}

/** Takes clients of Postgres to their targets. */
export class PostgresGateway {
  private readonly lobby: Lobby;
  private readonly tag: number;
  private readonly cancelKeys: CancelKeys;
  private readonly cancelForwards: CancelForwards;
  private readonly entrance: Entrance;

  constructor(private readonly options: PostgresGatewayOptions) {
    const { gateway, peers } = options;
    const timeoutMs = options.limits.connectTimeoutMs;
    this.lobby = new Lobby(options);
    const { tls } = this.lobby;
    this.tag = tagOfBoot(options.boot);
    this.cancelKeys = new CancelKeys(this.tag, timeoutMs);
    this.cancelForwards = new CancelForwards({ gateway, tls, peers, timeoutMs });
    this.entrance = new Entrance(options);
  }

  /** Which certificates of clients are taken back, in PEM; undefined: nobody asks. */
  get revoked(): string | undefined {
    return this.lobby.tls?.revoked;
  }

  /** Resolves when a session is opened, or the connection is done with. */
  async receive(socket: Socket): Promise<void> {
    const visitor = await this.lobby.receive(socket);
    if (visitor?.kind === 'visitor') await this.open(visitor);
    else if (visitor?.kind === 'cancel') {
      await this.cancel(visitor);
      socket.destroySoon();
    }
  }

  /** Nothing is said to whoever asks: it is over when the connection ends. */
  private cancel({ key, origin }: CancelWish): Promise<void> {
    // A request for this capture goes no further, so that none goes round.
    if (tagOfKey(key) === this.tag) return this.cancelKeys.cancel(key);
    return this.cancelForwards.forward(key, origin);
  }

  private async open(visitor: Visitor): Promise<void> {
    const admitted = await this.options.admission.admit(guestOf(visitor), 'postgres', (opening) =>
      this.entrance.connect(opening, visitor),
    );
    switch (admitted.kind) {
      case 'refused': {
        const { issuer, subject, fingerprint } = visitor.identity;
        const claims = { claimedIssuer: issuer, claimedSubject: subject, fingerprint };
        this.lobby.refuse(visitor, admitted.refusal, claims);
        return;
      }
      case 'over':
        this.lobby.dismiss(visitor.client, admitted.refusal);
        return;
      case 'admitted':
        this.relay(visitor, admitted);
    }
  }

  private relay(
    { client, startup, early, identity }: Visitor,
    { target, session, way: { upstream, gate }, hold }: Admitted,
  ): void {
    const { limits, committer, tally, warn } = this.options;
    const { recorder, sessionId, tokenExpiresAtMs } = session;
    const key =
      upstream.key === undefined
        ? undefined
        : this.cancelKeys.issue(startup.minor, target, upstream.key, () => relay.withdraw());
    client.write(welcome(upstream, key));
    const relay = new PostgresRelay({
      client,
      upstream: upstream.socket,
      recorder,
      committer,
      target,
      limits,
      gate,
      traces: this.traces(session, target),
      cancel: async () => {
        if (key !== undefined) await this.cancelKeys.cancel(key);
      },
      warn: (message, details) => {
        warn(message, { sessionId, ...details });
      },
    });
    tally.sessionsTotal += 1;
    this.options.running.add(sessionId, { relay, identity, tokenExpiresAtMs }, () => {
      if (key !== undefined) this.cancelKeys.forget(key.processId);
      hold?.release();
    });
    void hold?.lost.then((detail) => {
      relay.end({ reason: 'credential-expired', detail }, { name: 'credential-expired' });
    });
    relay.start(early);
  }

  private traces({ recorder, identity }: OpenedSession, target: Target): SessionTraces | undefined {
    const { tracer } = this.options;
    const session = { stream: recorder.name, identity, target: target.name };
    return tracer && new SessionTraces(tracer, session, recorder.clock);
  }
}

function guestOf({ identity, startup, address, port, tls }: Visitor): Guest {
  return {
    identity,
    address,
    port,
    tls,
    wanted: targetName(startup),
    requestedUser: startup.parameters.get('user') ?? '',
    program: startup.parameters.get('application_name') ?? '',
  };
}
