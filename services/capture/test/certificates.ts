import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/*
 * Makes X.509 certificates (RFC 5280) for tests: ECDSA on P-256, a year of validity, and of
 * extensions basicConstraints and subjectAltName. It is NOT for anything else.
 */

const YEAR_MS = 365 * 24 * 60 * 60_000;
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];

const der = {
  of(tag: number, ...parts: readonly Uint8Array[]): Buffer {
    const body = Buffer.concat(parts);
    const { length } = body;
    const long = length > 0xff ? [0x82, length >> 8, length & 0xff] : [0x81, length];
    return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), body]);
  },
  sequence: (...parts: readonly Uint8Array[]) => der.of(0x30, ...parts),
  oid: (bytes: readonly number[]) => der.of(0x06, Uint8Array.from(bytes)),
  octets: (bytes: Uint8Array) => der.of(0x04, bytes),
  bits: (bytes: Uint8Array) => der.of(0x03, Uint8Array.of(0), bytes),
  time: (at: number) =>
    der.of(
      0x17,
      Buffer.from(
        `${new Date(at)
          .toISOString()
          .replace(/[-:T]|\.\d+/g, '')
          .slice(2)}`,
      ),
    ),
};

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs for names or addresses, and its own certificate. */
export class TestAuthority {
  readonly cert: string;
  private readonly key: KeyObject;

  constructor(private readonly name: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.key = privateKey;
    const isAuthority = der.sequence(der.of(0x01, Uint8Array.of(0xff)));
    const constraints = der.sequence(der.oid(BASIC_CONSTRAINTS), der.octets(isAuthority));
    this.cert = this.signed(name, publicKey, constraints);
  }

  issue(host: string): TestCertificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const address = Uint8Array.from(host.split('.').map(Number));
    const name = isIP(host) === 4 ? der.of(0x87, address) : der.of(0x82, Buffer.from(host));
    const names = der.sequence(der.oid(SUBJECT_ALT_NAME), der.octets(der.sequence(name)));
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: this.signed(host, publicKey, names), key };
  }

  private signed(subject: string, publicKey: KeyObject, extension: Buffer): string {
    const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
    const named = (name: string) =>
      der.sequence(
        der.of(0x31, der.sequence(der.oid(COMMON_NAME), der.of(0x0c, Buffer.from(name)))),
      );
    const serial = randomBytes(8);
    serial[0] = 1;
    const facts = der.sequence(
      der.of(0xa0, der.of(0x02, Uint8Array.of(2))),
      der.of(0x02, serial),
      algorithm,
      named(this.name),
      der.sequence(der.time(Date.now() - 60_000), der.time(Date.now() + YEAR_MS)),
      named(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      der.of(0xa3, der.sequence(extension)),
    );
    const signature = sign('sha256', facts, this.key);
    const bytes = der.sequence(facts, algorithm, der.bits(signature)).toString('base64');
    const lines = bytes.match(/.{1,64}/g) ?? [];
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  }
}
