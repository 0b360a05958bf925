export interface SignInSearch {
  /** Where to go then; a path of this console. */
  readonly next?: string;
}

export function validateSignInSearch(raw: Readonly<Record<string, unknown>>): SignInSearch {
  const { next } = raw;
  // Never to another site: not `//host`, not `/\host`.
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {};
}
