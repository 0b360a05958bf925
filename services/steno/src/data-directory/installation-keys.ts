import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  certifyInstance,
  installationOf,
  newSigningKey,
  publicKeyFromPem,
  systemClock,
} from '@steno/sessions';
import type { InstanceCredential, InstanceRole } from '@steno/sessions';
import { CliError } from '../cli/errors.js';
import type { DataLayout } from './layout.js';
import { createPrivateFile, readPrivateFile } from './private-file.js';

const KEY_BYTES = 32;

/**
 * What an installation is known and trusted by. Lost, its recordings cannot be verified or opened.
 */
export interface InstallationKeys {
  readonly installation: string;
  /** PKCS #8 in PEM; certifies instances. */
  readonly rootPrivateKey: string;
  readonly rootPublicKey: Buffer;
  /** Wraps the keys of sessions. */
  readonly contentKey: Buffer;
}

/** The keys of a data directory; undefined where no `up` has made them. */
export function readInstallationKeys(layout: DataLayout): InstallationKeys | undefined {
  const path = layout.rootKeys;
  const text = readPrivateFile(path);
  return text === undefined ? undefined : parse(text, path);
}

/** Made at the first start. */
export function loadOrCreateInstallationKeys(layout: DataLayout): InstallationKeys {
  const known = readInstallationKeys(layout);
  if (known !== undefined) return known;
  createInstallationKeys(layout.rootKeys);
  return loadOrCreateInstallationKeys(layout);
}

/** False where there is such a file already; it stays as it is. */
export function createInstallationKeys(path: string): boolean {
  const keys = {
    rootPrivateKey: newSigningKey().privateKey,
    contentKey: randomBytes(KEY_BYTES).toString('base64'),
  };
  return createPrivateFile(path, `${JSON.stringify(keys)}\n`);
}

function parse(text: string, path: string): InstallationKeys {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { rootPrivateKey, contentKey } = value;
    if (typeof rootPrivateKey !== 'string' || typeof contentKey !== 'string') {
      throw new TypeError('a key is missing');
    }
    const rootPublicKey = publicKeyFromPem(rootPrivateKey);
    const bytes = Buffer.from(contentKey, 'base64');
    if (bytes.length !== KEY_BYTES) throw new TypeError('the content key has another length');
    return {
      installation: installationOf(rootPublicKey),
      rootPrivateKey,
      rootPublicKey,
      contentKey: bytes,
    };
  } catch {
    // What the parser says would quote the key.
    throw new CliError('keys-damaged', `It is ${path}.`);
  }
}

/** The credential of an instance; made at its first start. */
export function loadOrCreateCredential(
  layout: DataLayout,
  keys: InstallationKeys,
  of: { readonly role: InstanceRole; readonly instance: string },
): InstanceCredential {
  const { role, instance } = of;
  const name = instance === role ? role : `${role}-${instance}`;
  const path = join(layout.keys, `${name}.json`);
  const text = readPrivateFile(path);
  if (text !== undefined) return parseCredential(text, path);
  const made = certifyInstance(keys.rootPrivateKey, { ...of, issuedAt: systemClock()() });
  const kept = {
    certificate: Buffer.from(made.certificate).toString('base64'),
    certificateSignature: Buffer.from(made.certificateSignature).toString('base64'),
    privateKey: made.privateKey,
  };
  createPrivateFile(path, `${JSON.stringify(kept)}\n`);
  return loadOrCreateCredential(layout, keys, of);
}

function parseCredential(text: string, path: string): InstanceCredential {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { certificate, certificateSignature, privateKey } = value;
    if (
      typeof certificate !== 'string' ||
      typeof certificateSignature !== 'string' ||
      typeof privateKey !== 'string'
    ) {
      throw new TypeError('a part is missing');
    }
    return {
      certificate: Buffer.from(certificate, 'base64'),
      certificateSignature: Buffer.from(certificateSignature, 'base64'),
      privateKey,
    };
  } catch {
    throw new CliError('keys-damaged', `It is ${path}.`);
  }
}
