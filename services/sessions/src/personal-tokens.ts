import type { Envelope, TokenIssued } from '@steno/proto';
import { USER_ROLES } from './users.js';
import type { UserRole } from './users.js';

/** What a person has by a token that they made for themselves. */
export interface PersonalToken {
  readonly tokenId: string;
  /** Issuer and subject of the person. */
  readonly actor: string;
  readonly name: string;
  readonly roles: readonly UserRole[];
  readonly groups: readonly string[];
  readonly label: string;
  readonly issuedAt: bigint;
  readonly expiresAt: bigint;
}

/** Tokens that people made for themselves, folded from the control topic. */
export class PersonalTokens {
  private readonly byId = new Map<string, PersonalToken>();
  /** By the SHA-256 of the token, in hex. */
  private readonly byDigest = new Map<string, PersonalToken>();

  all(): Iterable<PersonalToken> {
    return this.byId.values();
  }

  /** Those of one person that are valid, the oldest first. */
  of(actor: string, atNs: bigint): readonly PersonalToken[] {
    return [...this.byId.values()].filter(
      (token) => token.actor === actor && atNs < token.expiresAt,
    );
  }

  /** The one with this SHA-256, as long as it is valid. */
  withDigest(digest: Uint8Array, atNs: bigint): PersonalToken | undefined {
    const token = this.byDigest.get(hex(digest));
    return token !== undefined && atNs < token.expiresAt ? token : undefined;
  }

  take({ facts, occurredAt }: Envelope): void {
    switch (facts.case) {
      case 'tokenIssued':
        this.drop(({ expiresAt }) => expiresAt <= occurredAt);
        this.add(facts.value, occurredAt);
        break;
      case 'tokenRevoked':
        this.drop(({ tokenId }) => tokenId === facts.value.tokenId);
        break;
      case 'userRemoved':
        this.drop(({ actor }) => actor === facts.value.name);
        break;
      default:
        break;
    }
  }

  /** One is issued once: nobody takes the place of another's. */
  private add(issued: TokenIssued, issuedAt: bigint): void {
    const { tokenId, actor, actorName, groups, label, expiresAt } = issued;
    const digest = hex(issued.tokenDigest);
    if (this.byId.has(tokenId) || this.byDigest.has(digest)) return;
    const roles = USER_ROLES.filter((role) => issued.roles.includes(role));
    const person = { actor, name: actorName === '' ? actor : actorName, roles, groups };
    const token = { tokenId, ...person, label, issuedAt, expiresAt };
    this.byId.set(tokenId, token);
    this.byDigest.set(digest, token);
  }

  private drop(isGone: (token: PersonalToken) => boolean): void {
    for (const [digest, token] of this.byDigest) {
      if (!isGone(token)) continue;
      this.byDigest.delete(digest);
      this.byId.delete(token.tokenId);
    }
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
