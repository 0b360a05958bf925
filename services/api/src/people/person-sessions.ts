import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '../limits.js';

interface Session<Holder> {
  readonly holder: Holder;
  readonly endsAt: number;
  usedAt: number;
}

const ID_BYTES = 32;

/**
 * Who is signed in by cookie, in memory: a restart signs everybody out. The cookie is a random id
 * and a signature over it; the id itself is kept nowhere, only its digest.
 */
export class PersonSessions<Holder> {
  private readonly key = randomBytes(32);
  private readonly sessions = new Map<string, Session<Holder>>();

  constructor(private readonly now: () => number) {}

  /**
   * The cookie's value for one who just signed in.
   *
   * @param totalMs how long it is good for, however much it is used
   */
  begin(holder: Holder, totalMs: number = LIMITS.personTotalMs): string {
    const id = randomBytes(ID_BYTES);
    const now = this.now();
    this.sessions.set(digest(id), { holder, endsAt: now + totalMs, usedAt: now });
    if (this.sessions.size > LIMITS.people) {
      const [oldest] = this.sessions.keys();
      if (oldest !== undefined) this.sessions.delete(oldest);
    }
    return `${id.toString('base64url')}.${this.sign(id).toString('base64url')}`;
  }

  /** Who the cookie is of; to be asked counts as use. */
  find(cookie: string): Holder | undefined {
    const key = this.verify(cookie);
    const session = key === undefined ? undefined : this.sessions.get(key);
    if (key === undefined || session === undefined) return undefined;
    const now = this.now();
    const isIdle = now - session.usedAt >= LIMITS.personIdleMs;
    if (isIdle || now >= session.endsAt) {
      this.sessions.delete(key);
      return undefined;
    }
    session.usedAt = now;
    return session.holder;
  }

  end(cookie: string): void {
    const key = this.verify(cookie);
    if (key !== undefined) this.sessions.delete(key);
  }

  private verify(cookie: string): string | undefined {
    const [idText = '', signatureText = ''] = cookie.split('.');
    const id = Buffer.from(idText, 'base64url');
    const signature = Buffer.from(signatureText, 'base64url');
    const expected = this.sign(id);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      return undefined;
    }
    return digest(id);
  }

  private sign(id: Buffer): Buffer {
    return createHmac('sha256', this.key).update(id).digest();
  }
}

function digest(id: Buffer): string {
  return hash('sha256', id, 'hex');
}
