/** Of a digest, what decisions carry of it as their policy version. */
export const digits = (digest: string): string => digest.slice(0, 12);
