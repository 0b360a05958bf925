import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Committer } from '@steno/event-log';
import type { Peer } from '../../control-state.js';
import { credentialFor } from '../../options.js';
import type { Closed, SessionRules, Target } from '../../options.js';
import { SessionTraces } from '../../session/command-trace.js';
import type { CommandTracer } from '../../session/command-trace.js';
import type { OpenedSession } from '../../session/opener.js';
import { CancelForwards } from './cancel-forwards.js';
import { CancelKeys, tagOfBoot, tagOfKey } from './cancel-keys.js';
import { Entrance } from './entrance.js';
import type { Entered, EntranceOptions, Permit } from './entrance.js';
import { Gates } from './gates.js';
import type { GatesOptions } from './gates.js';
import { Lobby, targetName } from './lobby.js';
import type { CancelWish, LobbyOptions, Visitor } from './lobby.js';
import { PostgresRelay } from './relay.js';
import type { Refusal } from './report.js';
import { RunningSessions } from './running-sessions.js';
import { welcome } from './upstream.js';

/** How long a peer that does not read may hold up the end. */
const LINGER_MS = 2_000;
const DRAIN_LOOK_MS = 50;

export interface PostgresGatewayOptions extends LobbyOptions, GatesOptions, EntranceOptions {
  readonly rules: SessionRules;
  readonly targets: { get(name: string): Target | undefined };
  readonly committer: Committer;
  /** Why no new session is taken for now; undefined: they are. */
  readonly closed: () => Closed | undefined;
  readonly boot: string;
  /** Captures of this service, this one among them, by their boot. */
  readonly peers: ReadonlyMap<string, Peer>;
  readonly tracer: CommandTracer | undefined;
}

/** The Postgres listener and its sessions. */
export class PostgresGateway {
  readonly running: RunningSessions;
  private readonly server: Server;
  private readonly lobby: Lobby;
  private readonly tag: number;
  private readonly cancelKeys: CancelKeys;
  private readonly cancelForwards: CancelForwards;
  private readonly gates: Gates;
  private readonly entrance: Entrance;
  private readonly sockets = new Set<Socket>();
  private readonly serving: Promise<void>;
  private letIn: () => void = () => undefined;
  private opening = 0;
  private draining = false;

  constructor(private readonly options: PostgresGatewayOptions) {
    const { gateway, peers } = options;
    const timeoutMs = options.limits.connectTimeoutMs;
    this.lobby = new Lobby(options);
    const { tls } = this.lobby;
    this.tag = tagOfBoot(options.boot);
    this.cancelKeys = new CancelKeys(this.tag, timeoutMs);
    this.cancelForwards = new CancelForwards({ gateway, tls, peers, timeoutMs });
    this.gates = new Gates(options);
    this.entrance = new Entrance(options, this.gates);
    this.running = new RunningSessions(options.rules, options.registration, {
      now: () => tls?.revoked,
      warn: options.warn,
    });
    this.serving = new Promise((resolve) => {
      this.letIn = resolve;
    });
    this.server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      void this.accept(socket);
    });
  }

  /** Takes connections, which wait until it serves. */
  async listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.options.gateway;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return { host, port: (this.server.address() as AddressInfo).port };
  }

  serve(): void {
    this.letIn();
  }

  /** No new sessions; idle ones end now, the others when they become idle or the time is up. */
  async drain(): Promise<void> {
    this.draining = true;
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    this.running.drain();
    const deadline = Date.now() + this.options.rules.drainMs;
    while (this.running.size + this.opening > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
      this.running.sweep();
    }
    this.running.endAll();
    for (const socket of this.sockets) socket.destroySoon();
    const impatience = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, LINGER_MS);
    await closed;
    clearTimeout(impatience);
  }

  private async accept(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('error', () => undefined); // whoever uses the socket sees its end as well
    socket.once('close', () => this.sockets.delete(socket));
    try {
      await this.serving;
      const visitor = await this.lobby.receive(socket);
      if (visitor?.kind === 'visitor') await this.open(visitor);
      else if (visitor?.kind === 'cancel') {
        await this.cancel(visitor);
        socket.destroySoon();
      }
    } catch (error) {
      // A fault of ours ends this connection and no other.
      socket.destroy();
      this.options.warn('a connection failed', { error: String(error) });
    }
  }

  /** Nothing is said to whoever asks: it is over when the connection ends. */
  private cancel({ key, origin }: CancelWish): Promise<void> {
    // A request for this capture goes no further, so that none goes round.
    if (tagOfKey(key) === this.tag) return this.cancelKeys.cancel(key);
    return this.cancelForwards.forward(key, origin);
  }

  private async open(visitor: Visitor): Promise<void> {
    this.opening += 1;
    try {
      const target = this.options.targets.get(targetName(visitor.startup));
      const ruled = this.mayOpen(visitor, target);
      if (target === undefined || 'name' in ruled) {
        this.refuse(visitor, 'name' in ruled ? ruled : { name: 'no-such-target' });
        return;
      }
      // Last, so that whoever may have no session keeps the token.
      const unclaimed = await this.entrance.claimToken(target, visitor);
      if (unclaimed !== undefined) {
        this.refuse(visitor, unclaimed);
        return;
      }
      const entered = await this.entrance.enter(target, visitor, ruled);
      if ('name' in entered) this.lobby.dismiss(visitor.client, entered);
      else this.relay(visitor, target, entered);
    } finally {
      this.opening -= 1;
    }
  }

  private refuse(visitor: Visitor, refusal: Refusal): void {
    const { issuer, subject, fingerprint } = visitor.identity;
    const claims = { claimedIssuer: issuer, claimedSubject: subject, fingerprint };
    this.lobby.refuse(visitor, refusal, claims);
  }

  private mayOpen(visitor: Visitor, target: Target | undefined): Permit | Refusal {
    if (target === undefined) {
      const detail = `The database asked for was "${targetName(visitor.startup)}".`;
      return { name: 'no-such-target', detail };
    }
    if (this.draining) return { name: 'draining' };
    const closed = this.options.closed();
    if (closed !== undefined) return { name: closed };
    const sessions = this.running.size + this.opening;
    if (sessions > this.options.limits.sessions) return { name: 'too-many-sessions' };
    const ruled = this.gates.rule(visitor, target);
    if ('name' in ruled) return ruled;
    const credential = credentialFor(target, visitor.identity.groups);
    return credential === undefined ? { name: 'no-credential' } : { ...ruled, credential };
  }

  private relay(
    { client, startup, early, identity }: Visitor,
    target: Target,
    { session, upstream, gate, hold }: Entered,
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
    this.running.add(sessionId, { relay, identity, tokenExpiresAtMs }, () => {
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
