import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ClickHouseClient } from '@clickhouse/client';
import { EVENT_TYPE, EnvelopeSchema } from '@steno/proto';
import type { Envelope, FactsCase, Topic } from '@steno/proto';
import { CONTENT_PART_BYTES, genesisHash, leafHash } from '@steno/sessions';
import { RangeRows, eventColumns, insertRange } from '../src/index.js';

type Facts = NonNullable<MessageInitShape<typeof EnvelopeSchema>['facts']>;

export interface ContentGiven {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly heldAt?: number;
}

export interface FixtureEvent {
  readonly topic: Topic;
  readonly envelope: Envelope;
  readonly raw: Buffer;
  readonly contents: readonly ContentGiven[];
}

/** Of the stores that are filled here. */
const DATABASE = 'steno';

interface StreamSettings {
  readonly topic?: Topic;
  readonly identity?: string;
  readonly target?: string;
  readonly instance?: string;
  readonly boot?: string;
  readonly startedAt: bigint;
}

/** A stream of events, chained as its owner would. */
export class StreamFixture {
  readonly events: FixtureEvent[] = [];
  now: bigint;
  private previous: string;

  constructor(
    readonly stream: string,
    private readonly of: StreamSettings,
  ) {
    this.now = of.startedAt;
    this.previous = genesisHash(stream);
  }

  /** Leaves a hole: the next event is lost. */
  lose(): void {
    this.append({ case: 'gap', value: {} });
    this.events.pop();
  }

  append(facts: Facts & { case: FactsCase }, contents: readonly ContentGiven[] = []): number {
    const position = this.next;
    const envelope = create(EnvelopeSchema, {
      installation: 'a1',
      tenant: 'default',
      stream: this.stream,
      instance: this.of.instance ?? 'capture-1',
      boot: this.of.boot ?? 'boot-1',
      identity: this.of.identity ?? '',
      target: this.of.target ?? '',
      type: EVENT_TYPE[facts.case],
      version: 1,
      position: BigInt(position),
      previous: Buffer.from(this.previous, 'hex'),
      occurredAt: this.now,
      recordedAt: this.now,
      emitted: BigInt(position + 1),
      contents: contents.map(({ kind, bytes, heldAt }) => ({
        kind,
        length: BigInt(bytes.length),
        commitment: new Uint8Array(32),
        heldAtPlusOne: heldAt === undefined ? 0n : BigInt(heldAt + 1),
      })),
      facts,
    });
    const raw = Buffer.from(toBinary(EnvelopeSchema, envelope));
    this.previous = leafHash(raw);
    this.next = position + 1;
    this.events.push({ topic: this.of.topic ?? 'data', envelope, raw, contents });
    return position;
  }

  private next = 0;
}

let offset = 0;

/**
 * Puts events where the projector would: each a batch of its own, in the order given.
 *
 * @returns the offset after the last
 */
export async function store(
  client: ClickHouseClient,
  events: readonly FixtureEvent[],
): Promise<number> {
  const from = offset;
  const until = from + events.length;
  const rows = new RangeRows({ topic: 'data', partition: 0, from, until });
  for (const event of events) {
    addRows(rows, event);
    offset += 1;
  }
  await insertRange(client, { database: DATABASE, suffix: '' }, rows);
  return offset;
}

function addRows(rows: RangeRows, { topic, raw, contents }: FixtureEvent): void {
  const columns = eventColumns(raw);
  if ('malformed' in columns) throw new Error(columns.malformed);
  const place = { partition: 0, offset, index: 0 };
  rows.event({ topic, place, columns, raw });
  const owner = { ...columns, topic, place };
  for (const [index, { kind, bytes, heldAt }] of contents.entries()) {
    if (heldAt !== undefined) continue;
    for (let part = 0; part * CONTENT_PART_BYTES < bytes.length; part += 1) {
      const piece = bytes.subarray(part * CONTENT_PART_BYTES, (part + 1) * CONTENT_PART_BYTES);
      rows.content(owner, { index, part, kind, bytes: piece });
    }
  }
}
