import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { BackendKey } from '@steno/wire-postgres';
import type { TokenProblem, TokenVerifier } from '../../authentication/token-verifier.js';
import type { VerifiedIdentity } from '../../authentication/token-verifier.js';
import { Places } from '../../gateway/places.js';
import type { LoginRefusals, RefusedLogin } from '../../login-refusals.js';
import type { CaptureLimits, GatewayOptions } from '../../options.js';
import type { Tally } from '../../tally.js';
import { FrontTls } from '../front-tls.js';
import type { ClientAddress } from '../proxy-header.js';
import { postgresError } from './errors.js';
import { ClientHandshake } from './handshake.js';
import type { Greeted, HandshakeOptions, StartupRequest } from './handshake.js';
import { report } from './report.js';
import type { Refusal } from './report.js';

/** Time for the last word to reach a client that is turned away. */
const LINGER_MS = 1_000;
/** Connections of one balancer that have not sent their PROXY header; it sends that at once. */
export const HEADERS_AWAITED_MAX = 1_024;

export interface LobbyOptions {
  readonly gateway: GatewayOptions;
  readonly limits: CaptureLimits;
  readonly verifier: TokenVerifier;
  readonly refusals: LoginRefusals;
  readonly tally: Tally;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** A client whose token or certificate was accepted. */
export interface Visitor extends Omit<Greeted, 'kind' | 'proof'>, ClientAddress {
  readonly kind: 'visitor';
  readonly identity: VerifiedIdentity;
}

type Claims = Pick<RefusedLogin, 'claimedIssuer' | 'claimedSubject' | 'fingerprint'>;

/** Somebody who wants a command of a session given up. */
export interface CancelWish {
  readonly kind: 'cancel';
  readonly key: BackendKey;
  readonly origin: ClientAddress;
}

/** Takes connections until it is known who they are, and tells and records those it refuses. */
export class Lobby {
  readonly tls: FrontTls | undefined;
  private readonly handshake: HandshakeOptions;
  private readonly unproven: Places;
  /** Connections that have not said yet whose they are, by the balancer that they come from. */
  private readonly nameless = new Places(HEADERS_AWAITED_MAX);

  constructor(private readonly options: LobbyOptions) {
    const { tls, insecure } = options.gateway;
    this.tls = tls && new FrontTls(tls, options.warn);
    this.handshake = { tls: this.tls, insecure };
    this.unproven = new Places(options.limits.preAuthPerSource);
  }

  /** Undefined when the connection is done with. */
  async receive(socket: Socket): Promise<Visitor | CancelWish | undefined> {
    const handshake = new ClientHandshake(socket, this.handshake);
    const late = new AbortController();
    const deadline = setTimeout(() => {
      late.abort();
      this.turnAway(handshake, { name: 'authentication-timeout' });
    }, this.options.limits.authDeadlineMs);
    try {
      if (!(await this.knowsOrigin(socket, handshake, late.signal))) return undefined;
      const received = await this.unproven.hold(handshake.origin.address, () =>
        this.admit(socket, handshake, late.signal),
      );
      if (received !== 'full') return received;
      this.turnAway(handshake, { name: 'too-many-unauthenticated' });
      return undefined;
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Tells the client why it is turned away, and the record. */
  refuse(
    from: { client: Duplex; address: string; startup?: StartupRequest | undefined },
    refusal: Refusal,
    claims: Claims = {},
  ): void {
    const { startup } = from;
    const entry = { ...postgresError(refusal.name), ...refusal.instead };
    this.options.refusals.refused({
      source: from.address,
      code: entry.code,
      reason: entry.message,
      requestedTarget: startup === undefined ? '' : targetName(startup),
      requestedUser: startup?.parameters.get('user') ?? '',
      ...claims,
    });
    this.dismiss(from.client, refusal);
  }

  /** Tells a client that gets no session, where the record has the reason already. */
  dismiss(client: Duplex, refusal: Refusal): void {
    this.options.tally.refused(refusal.name);
    client.on('error', () => undefined); // it may be gone already
    client.resume();
    client.end(report(refusal, 'FATAL'));
    setTimeout(() => client.destroy(), LINGER_MS).unref();
  }

  private turnAway(
    { client, origin }: ClientHandshake,
    refusal: Refusal,
    startup?: StartupRequest,
    claims?: Claims,
  ): void {
    this.refuse({ client, address: origin.address, startup }, refusal, claims);
  }

  /** False when the connection is done with. */
  private async knowsOrigin(
    socket: Socket,
    handshake: ClientHandshake,
    late: AbortSignal,
  ): Promise<boolean> {
    if (!this.options.gateway.proxyProtocol) return true;
    const problem = await this.nameless.hold(handshake.origin.address, () =>
      handshake.takeProxyHeader(),
    );
    if (late.aborted) return false;
    if (problem === undefined) return true;
    if (problem === 'full') {
      const detail = 'They have not sent their PROXY header.';
      this.turnAway(handshake, { name: 'too-many-unauthenticated', detail });
    } else if (problem.kind === 'gone') socket.destroy();
    else this.turnAway(handshake, problem.refusal);
    return false;
  }

  private async admit(
    socket: Socket,
    handshake: ClientHandshake,
    late: AbortSignal,
  ): Promise<Visitor | CancelWish | undefined> {
    const shaken = await handshake.run();
    if (late.aborted) return undefined;
    const { origin } = handshake;
    switch (shaken.kind) {
      case 'gone':
        socket.destroy();
        return undefined;
      case 'cancel':
        return { ...shaken, origin };
      case 'refused':
        this.turnAway(handshake, shaken.refusal, shaken.startup, shaken.certificate);
        return undefined;
      case 'greeted':
        break;
    }
    const { proof } = shaken;
    const identity = typeof proof === 'string' ? await this.options.verifier.verify(proof) : proof;
    if (late.aborted) return undefined;
    if (identity.kind === 'refused') {
      this.refuseToken(shaken, origin.address, identity);
      return undefined;
    }
    const { client, startup, tls, early } = shaken;
    return { kind: 'visitor', client, startup, tls, early, identity, ...origin };
  }

  private refuseToken(from: Greeted, address: string, problem: TokenProblem): void {
    const { code, message, hint, claimedIssuer, claimedSubject, fingerprint } = problem;
    const { client, startup } = from;
    this.refuse(
      { client, startup, address },
      { name: 'token-refused', instead: { code, message, hint } },
      {
        ...(claimedIssuer === undefined ? {} : { claimedIssuer }),
        ...(claimedSubject === undefined ? {} : { claimedSubject }),
        ...(fingerprint === undefined ? {} : { fingerprint }),
      },
    );
  }
}

/** The database names the target; like libpq, the user's name stands in where none is given. */
export function targetName(startup: StartupRequest): string {
  return startup.parameters.get('database') ?? startup.parameters.get('user') ?? '';
}
