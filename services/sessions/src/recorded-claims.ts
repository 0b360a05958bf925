import type { SessionOpened } from '@steno/proto';

/**
 * The claims of a session that were recorded: those of its first event, and those that name a
 * person, which are content of it and may be gone.
 */
export function recordedClaims(
  opened: SessionOpened | undefined,
  personal: Uint8Array | undefined,
): Record<string, string> {
  const plain = (opened?.claims ?? []).map(({ name, value }): [string, string] => [name, value]);
  return { ...Object.fromEntries(plain), ...textsOf(personal) };
}

/** Of a JSON object. */
function textsOf(bytes: Uint8Array | undefined): Record<string, string> {
  if (bytes === undefined) return {};
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return {}; // the bytes are shown to nobody; that they were changed is for verify to say
  }
  if (typeof claims !== 'object' || claims === null) return {};
  const texts = Object.entries(claims).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return Object.fromEntries(texts);
}
