import { hash } from 'node:crypto';
import { toBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { EVENT_TYPE, EnvelopeSchema } from '@steno/proto';
import type { FactsCase } from '@steno/proto';
import type { BatchWriter, ContentBeside } from './batch.js';
import { emptyHead } from './chain.js';
import type { StreamHead } from './chain.js';
import type { Clock } from './clock.js';
import type { Facts } from './hot-facts.js';
import { assert } from './invariant.js';
import { ProtoWriter } from './proto-writer.js';

/** Most bytes that an envelope may have (docs/adr/0001). */
export const RAW_BYTES_MAX = 60 * 1024;

/** The process that writes: the same for all its streams. */
export interface Origin {
  readonly installation: string;
  readonly tenant: string;
  readonly instance: string;
  readonly boot: string;
  readonly clock: Clock;
  /** Counts each event of this boot, over all streams. */
  readonly counter: { emitted: number };
  /** Bytes of steno.v1.Attestation for position 0 of a stream. */
  attest(stream: string): Uint8Array;
  /** Signs the hash of a control event; undefined on other topics. */
  readonly sign: ((hash: string) => Uint8Array) | undefined;
}

/**
 * A piece of content that an event names; `bytes` only where they are short enough to travel beside
 * it.
 */
export interface ContentNote {
  readonly kind: string;
  readonly length: number;
  /** Lower-case hex. */
  readonly commitment: string;
  readonly bytes?: Uint8Array;
  /** Position of an earlier event of this stream that holds the same bytes. */
  readonly heldAt?: number;
}

export interface AppendedEvent {
  readonly position: number;
  /** Lower-case hex. */
  readonly hash: string;
}

const NO_CONTENTS: readonly ContentBeside[] = [];
/** Byte 0 is the prefix of the leaf hash, so that raw is hashed where it was written. */
const scratch = new ProtoWriter(RAW_BYTES_MAX + 1024);
scratch.buffer[0] = 0;

/** The one writer of one stream: gives positions, chains, serializes once. */
export class EventStream {
  private readonly prefix: Buffer;
  private next: number;
  private headHash: string;

  constructor(
    private readonly origin: Origin,
    readonly stream: string,
    of: { readonly identity: string; readonly target: string },
    head: StreamHead = emptyHead(stream),
  ) {
    this.next = head.next;
    this.headHash = head.hash;
    const writer = new ProtoWriter(256);
    writer.string(1, origin.installation);
    writer.string(2, origin.tenant);
    writer.string(3, stream);
    writer.string(4, origin.instance);
    writer.string(5, origin.boot);
    writer.string(6, of.identity);
    writer.string(7, of.target);
    this.prefix = Buffer.from(writer.bytesWritten());
  }

  get head(): StreamHead {
    return { next: this.next, hash: this.headHash };
  }

  /** Writes the next event into `batch`; it is part of the record once that batch is committed. */
  append(
    batch: BatchWriter,
    facts: Facts,
    contents: readonly ContentNote[],
    occurredAt?: bigint,
  ): AppendedEvent {
    const { origin } = this;
    const position = this.next;
    const recordedAt = origin.clock();
    origin.counter.emitted += 1;
    scratch.length = 1;
    scratch.raw(this.prefix);
    scratch.string(8, facts.type);
    scratch.varint(9, facts.version);
    scratch.varint(10, position);
    scratch.hex(11, this.headHash);
    scratch.sfixed64(12, occurredAt ?? recordedAt);
    scratch.sfixed64(13, recordedAt);
    scratch.varint(14, origin.counter.emitted);
    for (const content of contents) writeReference(content);
    if (position === 0) scratch.bytes(16, origin.attest(this.stream));
    facts.write(scratch);
    const size = scratch.length - 1;
    assert(size <= RAW_BYTES_MAX, `an envelope of ${size} bytes on ${this.stream}`);
    scratch.buffer[0] = 0;
    const hashed = hash('sha256', scratch.buffer.subarray(0, scratch.length), 'hex');
    const raw = scratch.buffer.subarray(1, scratch.length);
    batch.event(this.stream, raw, contentsBeside(contents), origin.sign?.(hashed));
    this.next = position + 1;
    this.headHash = hashed;
    return { position, hash: hashed };
  }
}

function writeReference(content: ContentNote): void {
  const mark = scratch.beginMessage(15);
  scratch.string(1, content.kind);
  scratch.varint(2, content.length);
  scratch.hex(3, content.commitment);
  if (content.heldAt !== undefined) scratch.varint(4, content.heldAt + 1);
  scratch.endMessage(mark);
}

function contentsBeside(contents: readonly ContentNote[]): readonly ContentBeside[] {
  if (contents.length === 0) return NO_CONTENTS;
  const beside: ContentBeside[] = [];
  for (let index = 0; index < contents.length; index++) {
    const content = contents[index];
    if (content?.bytes === undefined || content.bytes.length === 0) continue;
    beside.push({ index, kind: content.kind, bytes: content.bytes });
  }
  return beside;
}

/** Facts of the rarer events, encoded by the generated code. */
export function generatedFacts<Desc extends DescMessage>(
  factsCase: FactsCase,
  schema: Desc,
  message: MessageShape<Desc>,
  version = 1,
): Facts {
  const field = EnvelopeSchema.field[factsCase].number;
  return {
    type: EVENT_TYPE[factsCase],
    version,
    write: (writer) => {
      const body = toBinary(schema, message);
      const mark = writer.beginMessage(field);
      writer.raw(body);
      writer.endMessage(mark);
    },
  };
}
