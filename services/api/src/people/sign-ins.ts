import { LIMITS } from '../limits.js';
import type { Holder } from './people.js';
import { LOCAL_PERSON } from './person.js';
import { PersonSessions } from './person-sessions.js';
import { RateLimit } from './rate-limit.js';
import { SignInCodes } from './sign-in-codes.js';

/** How people come in: codes, attempts, and who has come. */
export class SignIns {
  readonly codes: SignInCodes;
  readonly sessions: PersonSessions<Holder>;
  readonly attempts: RateLimit;

  constructor(now: () => number) {
    this.codes = new SignInCodes(now);
    this.sessions = new PersonSessions(now);
    this.attempts = new RateLimit(LIMITS.signInAttemptsPerMinute, now);
  }

  /** A code for whoever runs Steno. */
  localCode(): string {
    return this.codes.create(LOCAL_PERSON.actor).code;
  }
}
