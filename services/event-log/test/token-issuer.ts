import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey } from 'jose';

const ALGORITHM = 'RS256';
const KEY_ID = 'one';

/** Issues tokens that the broker of a test takes. */
export class TokenIssuer {
  readonly issuer = 'https://issuer.example';
  readonly audience = 'kafka.example';

  private constructor(
    private readonly key: CryptoKey,
    /** What is told of it to the broker. */
    readonly keys: string,
  ) {}

  static async make(): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
    const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' };
    return new TokenIssuer(privateKey, JSON.stringify({ keys: [jwk] }));
  }

  /** One that lasts for a time like `1h` or `12s`. */
  token(lasts: string): Promise<string> {
    return new SignJWT({ scope: 'kafka' })
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
      .setIssuer(this.issuer)
      .setAudience(this.audience)
      .setSubject('steno')
      .setIssuedAt()
      .setExpirationTime(lasts)
      .sign(this.key);
  }
}
