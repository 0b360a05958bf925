import { LIMITS } from '../limits.js';

const ANYWHERE = 'http://anywhere.invalid';

/** Where to go after a sign-in: a page of this console, never one of another site. */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > LIMITS.returnPathCharacters) return '/';
  // What browsers read as another host, or pass over: `//host`, `/\host`, `/<tab>/host`.
  if (!/^\/(?![/\\])/.test(wanted) || /[\u0000-\u0020\\\u007f]/.test(wanted)) return '/';
  if (!URL.canParse(wanted, ANYWHERE)) return '/';
  const { origin, pathname, search, hash } = new URL(wanted, ANYWHERE);
  const isPage = origin === ANYWHERE && !/^\/(?:\/|api(?:\/|$))/.test(pathname);
  return isPage ? `${pathname}${search}${hash}` : '/';
}
