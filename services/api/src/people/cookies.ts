import type { CookieOptions } from 'express';

/** Of one who is signed in. */
export const COOKIE = 'steno_session';
/** Of one who is on the way to an OpenID provider and back. */
export const ATTEMPT_COOKIE = 'steno_sign_in';

/**
 * No other site has it sent, not even by a link that leads here: the page that such a link opens
 * asks anew, by itself.
 */
export function sessionCookie(isTls: boolean): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure: isTls, encode: String };
}

/** The way back from the provider is a link of another site: it must be sent there. */
export function attemptCookie(isTls: boolean): CookieOptions {
  return { ...sessionCookie(isTls), sameSite: 'lax', path: '/api/sign-in' };
}
