import type { SignInView } from '@steno/proto';
import type { Response } from 'express';
import type { AccessLog } from '../access-log.js';
import { API_ERRORS, ApiProblem } from '../errors.js';
import { problemView } from '../http/problem.js';
import { LIMITS } from '../limits.js';
import { ATTEMPT_COOKIE, COOKIE, attemptCookie, sessionCookie } from './cookies.js';
import { OpenIdProvider } from './open-id-provider.js';
import type { Attempt, ProviderParts } from './open-id-provider.js';
import type { KnownPerson } from './person.js';
import { noRole, providedPerson } from './provided-person.js';
import { RateLimit } from './rate-limit.js';
import { returnPath } from './return-path.js';
import { Seal } from './seal.js';
import type { SignIns } from './sign-ins.js';

const SIGN_IN_PAGE = '/sign-in';

/** What a browser keeps between leaving for the provider and being let in, or told why not. */
type Kept =
  | { readonly attempt: Attempt; readonly next: string }
  | { readonly failure: NonNullable<SignInView['failure']> };

/** One request of a browser that wants in. */
export interface Visit {
  readonly response: Response;
  readonly source: string;
  /** As in ROUTE_ACCESS. */
  readonly route: string;
}

export interface ProviderSignInParts {
  /** Undefined where none is configured. */
  readonly provider: ProviderParts | undefined;
  readonly isTls: boolean;
  readonly signIns: SignIns;
  readonly accessLog: AccessLog;
  readonly now: () => number;
}

/** Lets in whom an OpenID provider vouches for, and tells the others why not. */
export class ProviderSignIns {
  private readonly seal: Seal<Kept>;
  private readonly steps: RateLimit;
  private readonly client: OpenIdProvider | undefined;

  constructor(private readonly parts: ProviderSignInParts) {
    const { provider, now } = parts;
    this.seal = new Seal(now);
    this.steps = new RateLimit(LIMITS.providerStepsPerMinute, now);
    this.client = provider && new OpenIdProvider(provider);
  }

  ways(cookie: string | undefined): SignInView {
    const kept = this.opened(cookie);
    const failure = kept !== undefined && 'failure' in kept ? kept.failure : null;
    return { provider: this.client?.host ?? null, failure };
  }

  /** Sends a browser to the provider. `next`: where it wants to be afterwards. */
  async begin(visit: Visit, next: unknown): Promise<void> {
    const client = this.admit(visit);
    try {
      const { url, attempt } = await client.begin();
      this.keep(visit, { attempt, next: returnPath(next) }, LIMITS.providerAttemptMs);
      visit.response.redirect(302, url);
    } catch (error) {
      await this.tellWhyNot(visit, '', error);
    }
  }

  /** Takes back a browser that the provider sent, with the cookie it left with. */
  async finish(visit: Visit, cookie: string | undefined, query: string): Promise<void> {
    const client = this.admit(visit);
    const kept = this.opened(cookie);
    let actor = '';
    try {
      if (kept === undefined || !('attempt' in kept)) throw new ApiProblem('providerRefused');
      const claims = await client.finish(query, kept.attempt);
      const person = providedPerson(claims, client.parts);
      actor = person.actor;
      if (person.roles.length === 0) throw noRole(person, client.parts);
      await this.letIn(visit, person, client.parts.sessionMs);
      visit.response.redirect(303, kept.next);
    } catch (error) {
      await this.tellWhyNot(visit, actor, error);
    }
  }

  private admit({ source }: Visit): OpenIdProvider {
    if (!this.steps.allows(source)) throw new ApiProblem('tooManyRequests');
    if (this.client === undefined) throw new ApiProblem('notFound');
    return this.client;
  }

  private async letIn(
    { response, source }: Visit,
    person: KnownPerson,
    forMs: number,
  ): Promise<void> {
    const { accessLog, signIns, isTls } = this.parts;
    const { actor, name, roles, groups } = person;
    const came = { type: 'access.signed-in', actor, method: 'oidc', source } as const;
    await accessLog.record({ ...came, name, roles, groups });
    response.clearCookie(ATTEMPT_COOKIE, attemptCookie(isTls));
    response.cookie(COOKIE, signIns.sessions.begin(person, forMs), sessionCookie(isTls));
  }

  /** On the sign-in page, by what the browser keeps: an address could have been made by others. */
  private async tellWhyNot(visit: Visit, actor: string, error: unknown): Promise<void> {
    if (!(error instanceof ApiProblem)) throw error;
    const { code, status, title, detail } = problemView(error);
    const { response, source, route } = visit;
    if (API_ERRORS[error.problem].status < 500) {
      const refused = { type: 'access.refused', actor, route, code, source } as const;
      await this.parts.accessLog.tryToRecord(refused);
    }
    const words = detail.slice(0, LIMITS.providerFailureCharacters);
    const failure = { code, status, title, detail: words };
    this.keep(visit, { failure }, LIMITS.providerFailureMs);
    response.redirect(303, SIGN_IN_PAGE);
  }

  private keep({ response }: Visit, kept: Kept, forMs: number): void {
    const options = { ...attemptCookie(this.parts.isTls), maxAge: forMs };
    response.cookie(ATTEMPT_COOKIE, this.seal.close(kept, forMs), options);
  }

  private opened(cookie: string | undefined): Kept | undefined {
    return cookie === undefined ? undefined : this.seal.open(cookie);
  }
}
