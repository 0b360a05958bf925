/** As the api takes them: no more of one, and no `=` in its name. */
const CLAIM = /^[^=]{1,128}=[^]+$/;
const longestClaim = 256;

export const isClaim = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= longestClaim && CLAIM.test(text);

/** What sessions are searched by; undefined: they cannot be by this one. */
export function claimOf(name: string, value: string): string | undefined {
  const claim = `${name}=${value}`;
  return !name.includes('=') && isClaim(claim) ? claim : undefined;
}
