import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AttestationSchema, InstanceCertificateSchema } from '@steno/proto';
import type { InstanceCertificate } from '@steno/proto';

/** What a process may write; a capture believes control events by this. */
export type InstanceRole = 'capture' | 'api' | 'worker';

/** An instance's own key and the root key's word for it. */
export interface InstanceCredential {
  readonly certificate: Uint8Array;
  readonly certificateSignature: Uint8Array;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
}

const RAW_KEY_BYTES = 32;
/** SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the key itself. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-RAW_KEY_BYTES);
}

function publicKeyOf(raw: Uint8Array): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX, raw]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

/** A new Ed25519 key pair: PKCS #8 in PEM, and the raw public key. */
export function newSigningKey(): { readonly privateKey: string; readonly publicKey: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: rawPublicKey(publicKey),
  };
}

/** The name of an installation: the first 16 bytes of its root key's SHA-256, in hex. */
export function installationOf(rootPublicKey: Uint8Array): string {
  return createHash('sha256').update(rootPublicKey).digest('hex').slice(0, 32);
}

/** The raw public key of a root key in PEM. */
export function publicKeyFromPem(privateKey: string): Buffer {
  return rawPublicKey(createPublicKey(createPrivateKey(privateKey)));
}

/** Certifies an instance by the root key. */
export function certifyInstance(
  rootPrivateKey: string,
  of: { instance: string; role: InstanceRole; issuedAt: bigint },
): InstanceCredential {
  const key = newSigningKey();
  const root = createPrivateKey(rootPrivateKey);
  const message = create(InstanceCertificateSchema, {
    installation: installationOf(rawPublicKey(createPublicKey(root))),
    instance: of.instance,
    role: of.role,
    publicKey: key.publicKey,
    issuedAt: of.issuedAt,
  });
  const certificate = toBinary(InstanceCertificateSchema, message);
  return {
    certificate,
    certificateSignature: sign(null, certificate, root),
    privateKey: key.privateKey,
  };
}

/** The key of one run of an instance, and what it says at the start of each of its streams. */
export interface BootKey {
  readonly attest: (stream: string) => Uint8Array;
  /** Signature over the bytes of a hash given in hex. */
  readonly sign: (hash: string) => Uint8Array;
}

export function newBootKey(credential: InstanceCredential): BootKey {
  const boot = newSigningKey();
  const bootKey = createPrivateKey(boot.privateKey);
  const instanceKey = createPrivateKey(credential.privateKey);
  return {
    attest: (stream) =>
      toBinary(
        AttestationSchema,
        create(AttestationSchema, {
          certificate: credential.certificate,
          certificateSignature: credential.certificateSignature,
          bootKey: boot.publicKey,
          bootSignature: sign(null, attested(stream, boot.publicKey), instanceKey),
        }),
      ),
    sign: (hash) => sign(null, Buffer.from(hash, 'hex'), bootKey),
  };
}

function attested(stream: string, bootKey: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`steno/v1/boot\0${stream}\0`), bootKey]);
}

/** A stream's attestation that holds: who writes it, and the key that signs its events. */
export interface Attested {
  readonly certificate: InstanceCertificate;
  readonly bootKey: KeyObject;
}

/** Undefined when any link from the root key to the boot key does not hold for this stream. */
export function verifyAttestation(
  bytes: Uint8Array,
  stream: string,
  rootPublicKey: Uint8Array,
): Attested | undefined {
  try {
    const attestation = fromBinary(AttestationSchema, bytes);
    const root = publicKeyOf(rootPublicKey);
    if (!verify(null, attestation.certificate, root, attestation.certificateSignature)) {
      return undefined;
    }
    const certificate = fromBinary(InstanceCertificateSchema, attestation.certificate);
    const instanceKey = publicKeyOf(certificate.publicKey);
    const statement = attested(stream, attestation.bootKey);
    if (!verify(null, statement, instanceKey, attestation.bootSignature)) return undefined;
    return { certificate, bootKey: publicKeyOf(attestation.bootKey) };
  } catch {
    return undefined; // bytes that are no attestation, or no key
  }
}

/** Whether a control event was signed by the boot key of its stream. */
export function verifySignature(attested: Attested, hash: string, signature: Uint8Array): boolean {
  return verify(null, Buffer.from(hash, 'hex'), attested.bootKey, signature);
}
