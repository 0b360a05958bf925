/** What the address of the policies says: which version, compared with which; or the dry run. */
export interface PoliciesSearch {
  readonly version?: string;
  readonly against?: string;
  readonly view?: 'dry-run';
}

/** Of a version, or what decisions carry of it. */
const digest = /^[0-9a-f]{12,64}$/;

/** Takes what is valid and forgets the rest, so an old or mistyped link still opens. */
export function validatePoliciesSearch(raw: Readonly<Record<string, unknown>>): PoliciesSearch {
  if (raw['view'] === 'dry-run') return { view: 'dry-run' };
  const { version, against } = raw;
  if (typeof version !== 'string' || !digest.test(version)) return {};
  return typeof against === 'string' && digest.test(against) ? { version, against } : { version };
}
