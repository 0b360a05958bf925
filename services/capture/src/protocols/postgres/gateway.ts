import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Committer } from '@steno/event-log';
import type { Ending } from '@steno/sessions';
import { encodeAuthenticationOk, encodeBackendKeyData } from '@steno/wire-postgres';
import type { TokenVerifier } from '../../authentication/token-verifier.js';
import type { LoginRefusals } from '../../login-refusals.js';
import type { CaptureLimits, GatewayOptions, SessionRules, Target } from '../../options.js';
import type { OpenedSession, SessionOpener } from '../../session/opener.js';
import { CancelKeys } from './cancel-keys.js';
import { POSTGRES_ERRORS } from './errors.js';
import { ClientHandshake } from './handshake.js';
import type { Greeted, StartupRequest } from './handshake.js';
import { PostgresRelay } from './relay.js';
import { fatal } from './report.js';
import type { Refusal } from './report.js';
import { connectUpstream } from './upstream.js';
import type { Upstream } from './upstream.js';

export interface PostgresGatewayOptions {
  readonly gateway: GatewayOptions;
  readonly limits: CaptureLimits;
  readonly rules: SessionRules;
  readonly verifier: TokenVerifier;
  readonly targets: ReadonlyMap<string, Target>;
  readonly opener: SessionOpener;
  readonly refusals: LoginRefusals;
  readonly committer: Committer;
}

interface RunningSession {
  readonly session: OpenedSession;
  readonly relay: PostgresRelay;
  readonly startedAt: number;
  readonly tokenExpiresAtMs: number;
}

/** The Postgres listener and its sessions. */
export class PostgresGateway {
  private readonly server: Server;
  private readonly handshake: ClientHandshake;
  private readonly cancelKeys: CancelKeys;
  private readonly running = new Map<string, RunningSession>();
  private readonly unauthenticated = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  private opening = 0;
  private draining = false;

  constructor(private readonly options: PostgresGatewayOptions) {
    this.handshake = new ClientHandshake(options.gateway);
    this.cancelKeys = new CancelKeys(options.limits.connectTimeoutMs);
    this.server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      void this.accept(socket);
    });
  }

  get sessions(): number {
    return this.running.size;
  }

  async listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.options.gateway;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return { host, port: (this.server.address() as AddressInfo).port };
  }

  /** Ends a running session; false when it does not run here. */
  terminate(sessionId: string, ending: Ending): boolean {
    const found = this.running.get(sessionId);
    found?.relay.end(ending, { name: 'terminated', ...detailOf(ending.detail) });
    return found !== undefined;
  }

  /** Ends what has lasted too long. */
  sweep(now = Date.now()): void {
    const { idleTimeoutMs, totalTimeoutMs, endWithToken } = this.options.rules;
    for (const { relay, startedAt, tokenExpiresAtMs } of this.running.values()) {
      if (idleTimeoutMs > 0 && now - relay.lastActivity > idleTimeoutMs) {
        relay.end({ reason: 'idle-limit' }, { name: 'idle-limit' });
      } else if (totalTimeoutMs > 0 && now - startedAt > totalTimeoutMs) {
        relay.end({ reason: 'time-limit' }, { name: 'time-limit' });
      } else if (endWithToken && now > tokenExpiresAtMs) {
        relay.end({ reason: 'token-expired' }, { name: 'token-expired' });
      } else if (this.draining && relay.isIdle) {
        relay.end({ reason: 'drained' }, { name: 'draining' });
      }
    }
  }

  /** No new sessions; idle ones end now, the others when they become idle or the time is up. */
  async drain(): Promise<void> {
    this.draining = true;
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    this.sweep();
    const deadline = Date.now() + this.options.rules.drainMs;
    while (this.running.size + this.opening > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      this.sweep();
    }
    for (const { relay } of this.running.values()) {
      relay.end({ reason: 'drained' }, { name: 'draining' });
    }
    for (const socket of this.sockets) socket.destroySoon();
    await closed;
  }

  private async accept(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('error', () => undefined); // whoever uses the socket sees its end as well
    socket.once('close', () => this.sockets.delete(socket));
    const source = socket.remoteAddress ?? '';
    const waiting = (this.unauthenticated.get(source) ?? 0) + 1;
    if (waiting > this.options.limits.preAuthPerSource) {
      this.refuse(socket, source, { name: 'too-many-unauthenticated' }, undefined);
      return;
    }
    this.unauthenticated.set(source, waiting);
    const deadline = setTimeout(() => {
      this.refuse(socket, source, { name: 'authentication-timeout' }, undefined);
      socket.destroySoon();
    }, this.options.limits.authDeadlineMs);
    try {
      await this.greet(socket, source, () => {
        clearTimeout(deadline);
      });
    } finally {
      clearTimeout(deadline);
      const left = (this.unauthenticated.get(source) ?? 1) - 1;
      if (left > 0) this.unauthenticated.set(source, left);
      else this.unauthenticated.delete(source);
    }
  }

  private async greet(socket: Socket, source: string, authenticated: () => void): Promise<void> {
    const handshake = await this.handshake.run(socket);
    switch (handshake.kind) {
      case 'gone':
        socket.destroy();
        return;
      case 'cancel':
        await this.cancelKeys.cancel(handshake.key);
        socket.destroySoon();
        return;
      case 'refused':
        this.refuse(handshake.client, source, handshake.refusal, handshake.startup);
        return;
      case 'greeted':
        this.opening += 1;
        try {
          await this.authenticate(handshake, socket, authenticated);
        } finally {
          this.opening -= 1;
        }
    }
  }

  private async authenticate(
    greeted: Greeted,
    socket: Socket,
    authenticated: () => void,
  ): Promise<void> {
    const { client, startup } = greeted;
    const source = socket.remoteAddress ?? '';
    const identity = await this.options.verifier.verify(greeted.token);
    authenticated();
    if (identity.kind === 'refused') {
      const { code, message, hint } = identity;
      const claims = {
        ...(identity.claimedIssuer === undefined ? {} : { claimedIssuer: identity.claimedIssuer }),
        ...(identity.claimedSubject === undefined
          ? {}
          : { claimedSubject: identity.claimedSubject }),
        ...(identity.fingerprint === undefined ? {} : { fingerprint: identity.fingerprint }),
      };
      const refusal = { name: 'token-refused', instead: { code, message, hint } } as const;
      this.refuse(client, source, refusal, startup, claims);
      return;
    }
    const name = targetName(startup);
    const target = this.options.targets.get(name);
    const refusal = this.mayOpen(target, name);
    if (target === undefined || refusal !== undefined) {
      this.refuse(client, source, refusal ?? { name: 'no-such-target' }, startup, {
        claimedIssuer: identity.issuer,
        claimedSubject: identity.subject,
      });
      return;
    }
    const from = `${source}:${socket.remotePort ?? 0}`;
    const session = await this.options.opener.open({
      identity,
      target,
      source: from,
      tls: greeted.tls,
      requestedUser: startup.parameters.get('user') ?? '',
      clientProgram: startup.parameters.get('application_name') ?? '',
    });
    if (session === undefined) {
      end(client, fatal({ name: 'not-recorded' }));
      return;
    }
    await this.connect(greeted, target, session);
  }

  private mayOpen(target: Target | undefined, name: string): Refusal | undefined {
    if (target === undefined) return { name: 'no-such-target', detail: name };
    if (this.draining) return { name: 'draining' };
    const sessions = this.running.size + this.opening;
    return sessions > this.options.limits.sessions ? { name: 'too-many-sessions' } : undefined;
  }

  private async connect(greeted: Greeted, target: Target, session: OpenedSession): Promise<void> {
    const { client, startup } = greeted;
    const { limits, committer } = this.options;
    const upstream = await connectUpstream(
      target,
      { ...startup, minor: Math.min(startup.minor, 2) },
      limits.connectTimeoutMs,
    );
    if ('name' in upstream) {
      session.recorder.closed({ reason: upstream.name, detail: upstream.detail ?? '' });
      end(client, fatal(upstream));
      return;
    }
    const key = this.welcome(client, startup, target, upstream);
    const relay = new PostgresRelay({
      client,
      upstream: upstream.socket,
      recorder: session.recorder,
      committer,
      target,
      limits,
      identity: session.identity,
    });
    this.running.set(session.sessionId, {
      session,
      relay,
      startedAt: Date.now(),
      tokenExpiresAtMs: session.tokenExpiresAtMs,
    });
    relay.start(greeted.early);
    void relay.done.then(() => {
      this.running.delete(session.sessionId);
      if (key !== undefined) this.cancelKeys.forget(key);
    });
  }

  private welcome(
    client: Duplex,
    startup: StartupRequest,
    target: Target,
    upstream: Upstream,
  ): number | undefined {
    // The target's ReadyForQuery ends its greeting: the key goes before it, as Postgres does.
    const readyBytes = 6;
    const { greeting } = upstream;
    const pieces = [encodeAuthenticationOk(), greeting.subarray(0, -readyBytes)];
    let processId: number | undefined;
    if (upstream.key !== undefined) {
      const key = this.cancelKeys.issue(startup.minor, target, upstream.key);
      processId = key.processId;
      pieces.push(encodeBackendKeyData(key.processId, key.secretKey));
    }
    pieces.push(greeting.subarray(-readyBytes));
    client.write(Buffer.concat(pieces));
    return processId;
  }

  private refuse(
    client: Duplex,
    source: string,
    refusal: Refusal,
    startup: StartupRequest | undefined,
    claims: { claimedIssuer?: string; claimedSubject?: string; fingerprint?: Uint8Array } = {},
  ): void {
    const entry = { ...POSTGRES_ERRORS[refusal.name], ...refusal.instead };
    this.options.refusals.refused({
      source,
      code: entry.code,
      reason: entry.message,
      requestedTarget: startup === undefined ? '' : targetName(startup),
      requestedUser: startup?.parameters.get('user') ?? '',
      ...claims,
    });
    end(client, fatal(refusal));
  }
}

function end(client: Duplex, lastWord: Buffer): void {
  client.on('error', () => undefined); // it may be gone already; the refusal is recorded
  client.resume();
  client.end(lastWord);
  setTimeout(() => client.destroy(), 1_000).unref();
}

/** The database names the target; like libpq, the user's name stands in where none is given. */
function targetName(startup: StartupRequest): string {
  return startup.parameters.get('database') ?? startup.parameters.get('user') ?? '';
}

function detailOf(detail: string | undefined): { detail?: string } {
  return detail === undefined ? {} : { detail };
}
