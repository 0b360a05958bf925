import { BinaryReader } from '@bufbuild/protobuf/wire';

/** What an envelope says of one piece of content. */
export interface ContentClaim {
  readonly kind: string;
  readonly length: number;
  /** Lower-case hex. */
  readonly commitment: string;
  /** Another event of the stream holds the bytes. */
  readonly isHeldElsewhere: boolean;
}

export interface EnvelopeParts {
  readonly contents: readonly ContentClaim[];
  /** Bytes of steno.v1.Attestation, as they were signed; undefined where there are none. */
  readonly attestation: Uint8Array | undefined;
}

// Field numbers of steno.v1.Envelope and ContentReference (proto/steno/v1/envelope.proto).
const CONTENTS = 15;
const ATTESTATION = 16;
const KIND = 1;
const LENGTH = 2;
const COMMITMENT = 3;
const HELD_AT_PLUS_ONE = 4;

/**
 * Reads from an envelope what names content and its writer, and only that; throws on bytes that are
 * no envelope.
 */
export function readEnvelopeParts(raw: Uint8Array): EnvelopeParts {
  const reader = new BinaryReader(raw);
  const contents: ContentClaim[] = [];
  let attestation: Uint8Array | undefined;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === CONTENTS) contents.push(readClaim(new BinaryReader(reader.bytes())));
    else if (field === ATTESTATION) attestation = reader.bytes();
    else reader.skip(wire, field);
  }
  return { contents, attestation };
}

function readClaim(reader: BinaryReader): ContentClaim {
  const claim = { kind: '', length: 0, commitment: '', isHeldElsewhere: false };
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === KIND) claim.kind = reader.string();
    else if (field === LENGTH) claim.length = Number(reader.uint64());
    else if (field === COMMITMENT) claim.commitment = Buffer.from(reader.bytes()).toString('hex');
    else if (field === HELD_AT_PLUS_ONE) claim.isHeldElsewhere = BigInt(reader.uint64()) > 0n;
    else reader.skip(wire, field);
  }
  return claim;
}
