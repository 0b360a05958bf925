import * as oidc from 'openid-client';
import { ApiProblem } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { ProviderOptions } from '../options.js';
import { Turnstile } from '../turnstile.js';
import { boundedFetch, isAway } from './bounded-fetch.js';
import { claimsNeeded } from './provided-person.js';

/** What one sign-in is bound to, kept by the browser that began it. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type VerifiedClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string;
  readonly sub: string;
};

export interface ProviderParts extends ProviderOptions {
  /** Where the provider sends browsers back to. */
  readonly redirectUrl: () => string;
  readonly now: () => number;
  /** Told why something failed; who signs in learns less. */
  readonly onError: (error: unknown, where: string) => void;
}

interface Known {
  readonly configuration: oidc.Configuration;
  readonly until: number;
}

/**
 * Signs people in at an OpenID provider: the authorization code flow with PKCE. ID tokens are
 * believed by their signature, not only for the connection that they came by.
 */
export class OpenIdProvider {
  private readonly turnstile = new Turnstile(LIMITS.providerAtOnce, LIMITS.providerWaiting);
  private known: Known | undefined;
  private reading: Promise<oidc.Configuration> | undefined;

  constructor(readonly parts: ProviderParts) {}

  /** What people know it by. */
  get host(): string {
    return new URL(this.parts.issuer).host;
  }

  /** Where to send a browser, and what it keeps. Throws ApiProblem. */
  async begin(): Promise<{ readonly url: string; readonly attempt: Attempt }> {
    return this.guarded(async () => {
      const configuration = await this.configuration();
      const attempt = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: this.parts.redirectUrl(),
        scope: this.parts.scopes.join(' '),
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt };
    });
  }

  /** What is true of the one who came back with this query. Throws ApiProblem. */
  async finish(query: string, { state, nonce, verifier }: Attempt): Promise<VerifiedClaims> {
    return this.guarded(async () => {
      const configuration = await this.configuration();
      const url = new URL(this.parts.redirectUrl());
      url.search = query;
      const tokens = await oidc.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new ApiProblem('providerRefused');
      return this.completed(configuration, tokens.access_token, claims);
    });
  }

  /** Some providers tell of a person elsewhere than in the ID token. */
  private async completed(
    configuration: oidc.Configuration,
    accessToken: string,
    claims: oidc.IDToken,
  ): Promise<VerifiedClaims> {
    const isWhole = claimsNeeded(this.parts).every((claim) => claim in claims);
    if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    const told = await oidc.fetchUserInfo(configuration, accessToken, claims.sub);
    return { ...told, ...claims };
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.turnstile.run(work);
    } catch (error) {
      if (error instanceof ApiProblem) throw error;
      this.parts.onError(error, 'signing in at the identity provider');
      if (isAway(error)) throw new ApiProblem('providerAway', `It is ${this.host}.`);
      throw new ApiProblem('providerRefused', detailOf(error));
    }
  }

  /** As it was read last; for all who wait it is read once. */
  private async configuration(): Promise<oidc.Configuration> {
    const { known } = this;
    if (known !== undefined && this.parts.now() < known.until) return known.configuration;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    try {
      return await this.reading;
    } catch (error) {
      // It cannot be asked what is new: what it said before holds, and its keys are read anew.
      if (known !== undefined && isAway(error)) return known.configuration;
      throw error;
    }
  }

  private async read(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret, now } = this.parts;
    const server = new URL(issuer);
    const execute = [oidc.enableNonRepudiationChecks];
    // The configuration lets http through for loopback alone.
    if (server.protocol === 'http:') execute.push(oidc.allowInsecureRequests);
    const configuration = await oidc.discovery(
      server,
      clientId,
      undefined,
      authenticationBy(clientSecret),
      { execute, timeout: LIMITS.providerAnswerMs / 1000, [oidc.customFetch]: boundedFetch },
    );
    this.known = { configuration, until: now() + LIMITS.providerMetadataMs };
    return configuration;
  }
}

/** As the provider takes it; the standard's default is by the header. */
function authenticationBy(secret: string | undefined): oidc.ClientAuth {
  if (secret === undefined) return oidc.None();
  const [byHeader, byBody] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const authenticate = methods.includes('client_secret_basic') ? byHeader : byBody;
    authenticate(server, client, body, headers);
  };
}

const ERROR_CODE = /^[a-z_]{1,64}$/;

/** What may be told: the code of the provider, never its words or the answer it sent. */
function detailOf(error: unknown): string {
  const isAnswer =
    error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError;
  if (!isAnswer || !ERROR_CODE.test(error.error)) return '';
  return `The identity provider says ${error.error}.`;
}
