import { readFile, readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ClickHouseClient } from '@clickhouse/client';
import { EVENT_TYPE, EnvelopeSchema } from '@steno/proto';
import type { Envelope, FactsCase, Topic } from '@steno/proto';
import { genesisHash, leafHash, sessionIdOf } from '@steno/sessions';

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

const PART_BYTES = 32 * 1024;
const SCHEMA = new URL('../../event-store/schema/', import.meta.url);

/** A stream of events, chained as its owner would. */
export class StreamFixture {
  readonly events: FixtureEvent[] = [];
  now: bigint;
  private previous: string;

  constructor(
    readonly stream: string,
    private readonly of: { topic?: Topic; identity?: string; target?: string; startedAt: bigint },
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
      instance: 'capture-1',
      boot: 'boot-1',
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

/** Makes the tables as the schema says. */
export async function createTables(client: ClickHouseClient, database: string): Promise<void> {
  await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  for (const file of (await readdir(SCHEMA)).sort()) {
    const text = await readFile(new URL(file, SCHEMA), 'utf8');
    const query = text
      .replaceAll('{database}', database)
      .replaceAll('{suffix}', '')
      .replaceAll(/\{\w+_days\}/g, '3650');
    await client.command({ query });
  }
}

const EVENT_COLUMNS = [
  'topic String, stream String, session_id String, position UInt64, type String, identity String',
  'target String, occurred Int64, recorded Int64, kind String, command UInt64, status String',
  'error_code String, rows UInt64, bytes UInt64, log_offset UInt64, raw String',
].join(', ');
const CONTENT_COLUMNS =
  'stream String, session_id String, position UInt64, idx UInt32, part UInt32, kind String, ' +
  'recorded Int64, bytes String';

let offset = 0;

/** Puts events where the projector would: each a batch of its own, in the order given. */
export async function store(
  client: ClickHouseClient,
  events: readonly FixtureEvent[],
): Promise<void> {
  await insert(
    client,
    `INSERT INTO events (tenant, topic, stream, session_id, position, type, version, identity,
       target, instance, boot, emitted, occurred_at, recorded_at, kind, command, status, error_code,
       rows, bytes, duration_ns, log_partition, log_offset, log_index, raw)
     SELECT 'default', topic, stream, session_id, position, type, 1, identity, target, 'capture-1',
       'boot-1', position + 1, fromUnixTimestamp64Nano(occurred, 'UTC'),
       fromUnixTimestamp64Nano(recorded, 'UTC'), kind, command, status, error_code, rows, bytes, 0,
       0, log_offset, 0, base64Decode(raw) FROM input('${EVENT_COLUMNS}') FORMAT JSONEachRow`,
    events.map(eventRow),
  );
  await insert(
    client,
    `INSERT INTO content (tenant, topic, stream, session_id, position, idx, part, kind, bytes,
       recorded_at, log_partition, log_offset, log_index)
     SELECT 'default', 'data', stream, session_id, position, idx, part, kind, base64Decode(bytes),
       fromUnixTimestamp64Nano(recorded, 'UTC'), 0, 0, 0
     FROM input('${CONTENT_COLUMNS}') FORMAT JSONEachRow`,
    events.flatMap(contentRows),
  );
  await client.insert({
    table: 'sessions',
    format: 'JSONEachRow',
    values: events.filter(({ topic }) => topic === 'data').map(sessionRow),
  });
}

async function insert(client: ClickHouseClient, query: string, rows: object[]): Promise<void> {
  if (rows.length === 0) return;
  const values = Readable.from([rows.map((row) => JSON.stringify(row)).join('\n')]);
  const { stream } = await client.exec({ query, values });
  stream.resume();
}

function eventRow({ topic, envelope, raw }: FixtureEvent): object {
  const { facts } = envelope;
  const response = facts.case === 'responseCompleted' ? facts.value : undefined;
  const status = facts.case === 'sessionClosed' ? facts.value.reason : response?.status;
  offset += 1;
  return {
    topic,
    stream: envelope.stream,
    session_id: sessionIdOf(envelope.stream) ?? '',
    position: Number(envelope.position),
    type: envelope.type,
    identity: envelope.identity,
    target: envelope.target,
    occurred: String(envelope.occurredAt),
    recorded: String(envelope.recordedAt),
    kind: facts.case === 'commandSubmitted' ? facts.value.kind : '',
    command: Number(response?.command ?? 0),
    status: status ?? '',
    error_code: response?.error?.code ?? '',
    rows: Number(response?.rows ?? 0),
    bytes: Number(response?.bytes ?? 0),
    log_offset: offset,
    raw: raw.toString('base64'),
  };
}

function contentRows({ envelope, contents }: FixtureEvent): object[] {
  return contents.flatMap(({ kind, bytes, heldAt }, idx) => {
    if (heldAt !== undefined) return [];
    const parts = Math.ceil(bytes.length / PART_BYTES);
    return Array.from({ length: parts }, (_, part) => ({
      stream: envelope.stream,
      session_id: sessionIdOf(envelope.stream) ?? '',
      position: Number(envelope.position),
      idx,
      part,
      kind,
      recorded: String(envelope.recordedAt),
      bytes: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES).toString('base64'),
    }));
  });
}

function sessionRow({ envelope }: FixtureEvent): object {
  const { facts } = envelope;
  const opened = facts.case === 'sessionOpened' ? facts.value : undefined;
  const response = facts.case === 'responseCompleted' ? facts.value : undefined;
  const closed = facts.case === 'sessionClosed' ? facts.value : undefined;
  const at = time(envelope.occurredAt);
  return {
    tenant: 'default',
    session_id: sessionIdOf(envelope.stream) ?? '',
    identity: opened === undefined ? '' : envelope.identity,
    target: opened === undefined ? '' : envelope.target,
    protocol: opened?.protocol ?? '',
    database: opened?.database ?? '',
    source: opened?.source ?? '',
    client_program: opened?.clientProgram ?? '',
    durability: opened?.durability ?? '',
    origin: opened?.origin ?? '',
    started_at: at,
    last_at: at,
    closed: closed === undefined ? 0 : 1,
    reason: closed?.reason ?? '',
    last_position: Number(envelope.position),
    events: 1,
    gaps: facts.case === 'gap' ? 1 : 0,
    forks: 0,
    commands: facts.case === 'commandSubmitted' ? 1 : 0,
    errors: response?.status === 'error' ? 1 : 0,
    rows: Number(response?.rows ?? 0),
    bytes: Number(response?.bytes ?? 0),
  };
}

function time(nanoseconds: bigint): string {
  const seconds = nanoseconds / 1_000_000_000n;
  return `${seconds}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}`;
}
