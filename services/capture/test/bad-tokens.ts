import { createSecretKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT, exportSPKI, importJWK } from 'jose';
import { AUDIENCE, ISSUER, publicJwk } from './rig.js';

/** Signed with a secret that everybody knows: the text of the issuer's public key. */
export async function signedByPublicKey(): Promise<string> {
  const key = await importJWK(publicJwk, 'ES256', { extractable: true });
  if (key instanceof Uint8Array) throw new Error('a symmetric key');
  const secret = createSecretKey(Buffer.from(await exportSPKI(key)));
  const jwt = new SignJWT({ sub: 'ci/refused' }).setIssuer(ISSUER).setAudience(AUDIENCE);
  return jwt.setProtectedHeader({ alg: 'HS256', kid: 'k' }).setExpirationTime('5m').sign(secret);
}

/** Of algorithm `none`. */
export function unsigned(): string {
  const jwt = new UnsecuredJWT({ sub: 'ci/refused' }).setIssuer(ISSUER).setAudience(AUDIENCE);
  return jwt.setExpirationTime('5m').encode();
}
