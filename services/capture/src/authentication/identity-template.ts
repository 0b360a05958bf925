const PLACEHOLDER = /\$\{([^${}]+)\}/g;
const OUTSIDE_IDENTITY = /[^A-Za-z0-9._/@:+=-]/gu;

/**
 * Fills `ci:${repository}` from the claims of a verified token. Values are escaped: what is outside
 * of `A-Za-z0-9._/@:+=-` is percent-encoded as UTF-8, so that an identity is one printable word.
 * Separators may stand in values too: a template is as unambiguous as the issuer's claims are.
 *
 * @returns undefined where a claim is missing, empty, or not a scalar
 */
export function fillIdentity(
  template: string,
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  let whole = true;
  const identity = template.replace(PLACEHOLDER, (_, name: string) => {
    const value = scalarText(claims[name]);
    if (value === undefined || value === '') whole = false;
    return escapeValue(value ?? '');
  });
  return whole && identity !== '' ? identity : undefined;
}

/** The text of a claim that is one value; undefined for lists, objects and null. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

function escapeValue(value: string): string {
  return value.replace(OUTSIDE_IDENTITY, (character) =>
    [...Buffer.from(character, 'utf8')]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
