import { X509Certificate, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/*
 * Makes X.509 certificates and lists of revoked ones (RFC 5280) for tests: ECDSA on P-256, and of
 * extensions basicConstraints and subjectAltName. It is NOT for anything else.
 */

const HOUR_MS = 60 * 60_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const UNIT = [0x55, 0x04, 0x0b];
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

/** As a gateway shows it for good. */
export const showing = (certificate: TestCertificate) => ({ certificate: () => certificate });

/** Who a certificate of a client speaks for. */
export interface ClientNames {
  readonly name: string;
  readonly units?: readonly string[];
  readonly uris?: readonly string[];
  readonly dns?: readonly string[];
  /** From now; it may be over. */
  readonly lastsMs?: number;
}

/** What a certificate says besides whose it is. */
interface Facts {
  readonly units?: readonly string[];
  readonly lastsMs?: number;
  readonly extension: Buffer;
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
    this.cert = this.signed(name, publicKey, { extension: constraints });
  }

  issue(host: string): TestCertificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const address = Uint8Array.from(host.split('.').map(Number));
    const name = isIP(host) === 4 ? der.of(0x87, address) : der.of(0x82, Buffer.from(host));
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: this.signed(host, publicKey, { extension: altNames([name]) }), key };
  }

  /** For a client of the gateway. */
  issueTo({ name, uris = [], dns = [], ...more }: ClientNames): TestCertificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = [
      ...uris.map((uri) => der.of(0x86, Buffer.from(uri))),
      ...dns.map((host) => der.of(0x82, Buffer.from(host))),
    ];
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: this.signed(name, publicKey, { ...more, extension: altNames(names) }), key };
  }

  /** The list of those that it takes back, good for a while. */
  revoke(...revoked: readonly TestCertificate[]): string {
    const now = Date.now();
    const entries = revoked.map(({ cert }) => {
      const serial = Buffer.from(new X509Certificate(cert).serialNumber, 'hex');
      return der.sequence(der.of(0x02, serial), der.time(now - 60_000));
    });
    const facts = der.sequence(
      der.of(0x02, Uint8Array.of(1)),
      der.sequence(der.oid(ECDSA_WITH_SHA256)),
      named(this.name),
      der.time(now - 60_000),
      der.time(now + YEAR_MS),
      ...(entries.length === 0 ? [] : [der.sequence(...entries)]),
    );
    return this.sealed(facts, 'X509 CRL');
  }

  private signed(subject: string, publicKey: KeyObject, said: Facts): string {
    const { units = [], lastsMs = YEAR_MS, extension } = said;
    const serial = randomBytes(8);
    serial[0] = 1;
    const now = Date.now();
    const facts = der.sequence(
      der.of(0xa0, der.of(0x02, Uint8Array.of(2))),
      der.of(0x02, serial),
      der.sequence(der.oid(ECDSA_WITH_SHA256)),
      named(this.name),
      der.sequence(der.time(now - 2 * HOUR_MS), der.time(now + lastsMs)),
      named(subject, units),
      publicKey.export({ type: 'spki', format: 'der' }),
      der.of(0xa3, der.sequence(extension)),
    );
    return this.sealed(facts, 'CERTIFICATE');
  }

  private sealed(facts: Buffer, label: string): string {
    const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
    const signature = sign('sha256', facts, this.key);
    const bytes = der.sequence(facts, algorithm, der.bits(signature)).toString('base64');
    const lines = bytes.match(/.{1,64}/g) ?? [];
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
  }
}

function altNames(names: readonly Buffer[]): Buffer {
  return der.sequence(der.oid(SUBJECT_ALT_NAME), der.octets(der.sequence(...names)));
}

function named(name: string, units: readonly string[] = []): Buffer {
  const part = (oid: readonly number[], value: string) =>
    der.of(0x31, der.sequence(der.oid(oid), der.of(0x0c, Buffer.from(value))));
  return der.sequence(
    ...units.map((unit) => part(UNIT, unit)),
    ...(name === '' ? [] : [part(COMMON_NAME, name)]),
  );
}
