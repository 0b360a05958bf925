/** SHA-256 of nothing: the digest of no files. */
const NO_POLICIES = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export const isNone = (digest: string): boolean => digest === NO_POLICIES;

/** Of a digest, what decisions carry of it as their policy version. */
export const digits = (digest: string): string => digest.slice(0, 12);
