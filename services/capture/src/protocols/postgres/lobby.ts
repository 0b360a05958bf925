import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import type { BackendKey } from '@steno/wire-postgres';
import type { TokenProblem, TokenVerifier } from '../../authentication/token-verifier.js';
import type { VerifiedIdentity } from '../../authentication/token-verifier.js';
import type { LoginRefusals, RefusedLogin } from '../../login-refusals.js';
import type { CaptureLimits, GatewayOptions } from '../../options.js';
import { POSTGRES_ERRORS } from './errors.js';
import { ClientHandshake } from './handshake.js';
import type { Greeted, HandshakeOptions, StartupRequest } from './handshake.js';
import { fatal } from './report.js';
import type { Refusal } from './report.js';

/** Time for the last word to reach a client that is turned away. */
const LINGER_MS = 1_000;

export interface LobbyOptions {
  readonly gateway: GatewayOptions;
  readonly limits: CaptureLimits;
  readonly verifier: TokenVerifier;
  readonly refusals: LoginRefusals;
}

/** A client whose token was accepted. */
export interface Visitor extends Omit<Greeted, 'kind' | 'token'> {
  readonly kind: 'visitor';
  readonly identity: VerifiedIdentity;
  readonly address: string;
  readonly port: number;
}

type Claims = Pick<RefusedLogin, 'claimedIssuer' | 'claimedSubject' | 'fingerprint'>;

/** Takes connections until it is known who they are, and tells and records those it refuses. */
export class Lobby {
  private readonly handshake: HandshakeOptions;
  private readonly waiting = new Map<string, number>();

  constructor(private readonly options: LobbyOptions) {
    const { tls, insecure } = options.gateway;
    const secureContext = tls === undefined ? undefined : createSecureContext(tls);
    this.handshake = { secureContext, insecure };
  }

  /** Undefined when the connection is done with. */
  async receive(
    socket: Socket,
  ): Promise<Visitor | { readonly kind: 'cancel'; readonly key: BackendKey } | undefined> {
    const address = socket.remoteAddress ?? '';
    const waiting = (this.waiting.get(address) ?? 0) + 1;
    if (waiting > this.options.limits.preAuthPerSource) {
      this.refuse({ client: socket, address }, { name: 'too-many-unauthenticated' });
      return undefined;
    }
    this.waiting.set(address, waiting);
    try {
      return await this.admit(socket, address);
    } finally {
      const left = (this.waiting.get(address) ?? 1) - 1;
      if (left > 0) this.waiting.set(address, left);
      else this.waiting.delete(address);
    }
  }

  /** Tells the client why it is turned away, and the record. */
  refuse(
    from: { client: Duplex; address: string; startup?: StartupRequest | undefined },
    refusal: Refusal,
    claims: Claims = {},
  ): void {
    const { startup } = from;
    const entry = { ...POSTGRES_ERRORS[refusal.name], ...refusal.instead };
    this.options.refusals.refused({
      source: from.address,
      code: entry.code,
      reason: entry.message,
      requestedTarget: startup === undefined ? '' : targetName(startup),
      requestedUser: startup?.parameters.get('user') ?? '',
      ...claims,
    });
    turnAway(from.client, refusal);
  }

  private async admit(socket: Socket, address: string) {
    const handshake = new ClientHandshake(socket, this.handshake);
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      this.refuse({ client: handshake.client, address }, { name: 'authentication-timeout' });
    }, this.options.limits.authDeadlineMs);
    try {
      const shaken = await handshake.run();
      if (isLate) return undefined;
      if (shaken.kind === 'gone') socket.destroy();
      if (shaken.kind === 'gone') return undefined;
      if (shaken.kind === 'cancel') return shaken;
      if (shaken.kind === 'refused') {
        this.refuse({ ...shaken, client: handshake.client, address }, shaken.refusal);
        return undefined;
      }
      const identity = await this.options.verifier.verify(shaken.token);
      if (isLate) return undefined;
      if (identity.kind === 'refused') {
        this.refuseToken(shaken, address, identity);
        return undefined;
      }
      const { client, startup, tls, early } = shaken;
      const port = socket.remotePort ?? 0;
      return { kind: 'visitor', client, startup, tls, early, identity, address, port } as const;
    } finally {
      clearTimeout(deadline);
    }
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

/** The last word to a client for which there is no session. */
export function turnAway(client: Duplex, refusal: Refusal): void {
  client.on('error', () => undefined); // it may be gone already
  client.resume();
  client.end(fatal(refusal));
  setTimeout(() => client.destroy(), LINGER_MS).unref();
}

/** The database names the target; like libpq, the user's name stands in where none is given. */
export function targetName(startup: StartupRequest): string {
  return startup.parameters.get('database') ?? startup.parameters.get('user') ?? '';
}
