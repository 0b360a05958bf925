import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { AttestationSchema } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import {
  certifyInstance,
  newBootKey,
  newSigningKey,
  verifyAttestation,
  verifySignature,
} from './attestation.js';

const STREAM = 'control/capture-1/boot';

function attestedStream() {
  const root = newSigningKey();
  const credential = certifyInstance(root.privateKey, {
    instance: 'capture-1',
    role: 'capture',
    issuedAt: 1n,
  });
  return { root, boot: newBootKey(credential) };
}

describe('attestation', () => {
  it('leads from the root key to the key that signs', () => {
    const { root, boot } = attestedStream();
    const attested = verifyAttestation(boot.attest(STREAM), STREAM, root.publicKey);
    expect(attested?.certificate).toMatchObject({ instance: 'capture-1', role: 'capture' });
    const hash = 'ab'.repeat(32);
    if (attested === undefined) throw new Error('not attested');
    expect(verifySignature(attested, hash, boot.sign(hash))).toBe(true);
    expect(verifySignature(attested, 'cd'.repeat(32), boot.sign(hash))).toBe(false);
  });

  it('does not hold for another stream, another root or changed keys and signatures', () => {
    const { root, boot } = attestedStream();
    const bytes = boot.attest(STREAM);
    expect(verifyAttestation(bytes, 'control/other/boot', root.publicKey)).toBeUndefined();
    expect(verifyAttestation(bytes, STREAM, newSigningKey().publicKey)).toBeUndefined();
    const attestation = fromBinary(AttestationSchema, bytes);
    const fields = ['certificate', 'certificateSignature', 'bootKey', 'bootSignature'] as const;
    for (const field of fields) {
      for (let at = 0; at < attestation[field].length; at += 5) {
        const changed = Uint8Array.from(attestation[field]);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const told = toBinary(AttestationSchema, { ...attestation, [field]: changed });
        expect(verifyAttestation(told, STREAM, root.publicKey)).toBeUndefined();
      }
    }
  });
});
