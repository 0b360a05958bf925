import { setTimeout as delay } from 'node:timers/promises';
import type { Lease, LeaseHold } from '@steno/capture';
import { VaultFailure, asRecord, strange } from './vault-client.js';
import type { VaultClient } from './vault-client.js';

/** A lease is renewed when this part of its time is over. */
const RENEW_AT = 0.5;
const SHORTEST_PAUSE_MS = 500;
const LONGEST_TIMER_MS = 24 * 3_600_000;
/** Before each attempt to revoke; what is not revoked then ends by its own time. */
const REVOKE_PAUSES_MS = [0, 1_000, 4_000, 16_000];
/** How long the end waits for what is being revoked. */
const CLOSE_MS = 10_000;

type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** Users that Vault's database engine makes, one for each session. */
export class VaultLeases {
  private readonly held = new Set<HeldLease>();
  private readonly revoking = new Set<Promise<void>>();

  constructor(
    private readonly client: VaultClient,
    private readonly mount: string,
    private readonly warn: Warn,
  ) {}

  /** @throws VaultFailure */
  async lease(role: string): Promise<Lease> {
    const path = `${this.mount}/creds/${role}`;
    const answer = await this.client.ask({ method: 'GET', path });
    const { lease_id: id, lease_duration: seconds, renewable } = answer;
    const { username, password } = asRecord(answer.data);
    if (typeof id !== 'string' || typeof seconds !== 'number') throw strange(path);
    if (typeof username !== 'string' || typeof password !== 'string') throw strange(path);
    const held: HeldLease = new HeldLease(
      this.client,
      { id, seconds, renewable: renewable === true },
      () => {
        if (this.held.delete(held)) this.revoke(id, username, role);
      },
    );
    this.held.add(held);
    return { username, password, hold: held };
  }

  /** Gives back all that is held, and waits for it as long as is reasonable. */
  async close(): Promise<void> {
    for (const held of [...this.held]) held.release();
    const patience = new AbortController();
    const late = delay(CLOSE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.revoking), late]);
    patience.abort();
  }

  private revoke(id: string, username: string, role: string): void {
    const revoked = this.revokeNow(id).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const reference = `vault:database/${role}`;
      const message = 'a credential could not be revoked: it lasts until Vault ends it';
      this.warn(message, { reference, username, reason });
    });
    this.revoking.add(revoked);
    void revoked.then(() => this.revoking.delete(revoked));
  }

  private async revokeNow(id: string): Promise<void> {
    let failure: unknown;
    for (const pauseMs of REVOKE_PAUSES_MS) {
      await delay(pauseMs, undefined, { ref: false });
      try {
        const body = { lease_id: id };
        await this.client.ask({ method: 'PUT', path: 'sys/leases/revoke', body });
        return;
      } catch (error) {
        if (isGone(error)) return;
        failure = error;
        if (!(error instanceof VaultFailure) || !error.isPassing) break;
      }
    }
    throw failure;
  }
}

/** One lease, which is renewed until it is given back or lost. */
class HeldLease implements LeaseHold {
  readonly lost: Promise<string>;
  private lose: (why: string) => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private expiresAtMs: number;
  private isReleased = false;

  constructor(
    private readonly client: VaultClient,
    private readonly of: {
      readonly id: string;
      readonly seconds: number;
      readonly renewable: boolean;
    },
    private readonly released: () => void,
  ) {
    this.lost = new Promise((resolve) => (this.lose = resolve));
    this.expiresAtMs = Date.now() + of.seconds * 1000;
    this.plan(of.seconds);
  }

  release(): void {
    this.isReleased = true;
    clearTimeout(this.timer);
    this.released();
  }

  /** 0 seconds: it has no end. */
  private plan(seconds: number): void {
    if (this.isReleased || seconds <= 0) return;
    const leftMs = this.expiresAtMs - Date.now();
    const untilMs = this.of.renewable ? Math.max(leftMs * RENEW_AT, SHORTEST_PAUSE_MS) : leftMs;
    const inMs = Math.max(0, Math.min(untilMs, leftMs, LONGEST_TIMER_MS));
    this.timer = setTimeout(() => void this.renew(), inMs);
    this.timer.unref();
  }

  private async renew(): Promise<void> {
    const { id, seconds } = this.of;
    if (Date.now() >= this.expiresAtMs) {
      this.lose('the lease of Vault has come to its end');
      return;
    }
    try {
      if (this.of.renewable) {
        const body = { lease_id: id, increment: seconds };
        const path = 'sys/leases/renew';
        const answer = await this.client.ask({ method: 'PUT', path, body });
        const { lease_duration: more } = answer;
        if (typeof more !== 'number') throw strange(path);
        this.expiresAtMs = Date.now() + more * 1000;
      }
    } catch (error) {
      // Any other failure may pass while it lasts.
      if (isGone(error)) {
        this.lose('Vault has ended the lease');
        return;
      }
    }
    this.plan(seconds);
  }
}

/** Vault knows no such lease, or none any more. */
function isGone(error: unknown): boolean {
  return error instanceof VaultFailure && (error.status === 400 || error.status === 404);
}
