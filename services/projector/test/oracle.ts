import { createHash } from 'node:crypto';
import { fromBinary } from '@bufbuild/protobuf';
import type { EventLog, LogEntry } from '@steno/event-log';
import { BatchSchema, EnvelopeSchema, TOPICS } from '@steno/proto';
import type { ContentPart, Envelope, LogRecord, Masked } from '@steno/proto';
import { sessionIdOf } from '@steno/sessions';
import type { TestStore } from './projected-store.js';

// What the store must hold of a log, told the slow and plain way, by the generated decoder.

type Row = Record<string, unknown>;

/** The rows of each table, in the order of the log; sessions by their ids. */
export interface Tables {
  readonly events: Row[];
  readonly content: Row[];
  readonly forks: Row[];
  readonly dead_letters: Row[];
  readonly sessions: Row[];
}

const PLACE = 'topic, log_partition, log_offset, log_index';

const QUERIES: Record<keyof Tables, string> = {
  events: `SELECT * EXCEPT (occurred_at, recorded_at, raw), lower(hex(raw)) AS raw,
      lower(hex(hash)) AS leaf, toUnixTimestamp64Nano(occurred_at) AS occurred_at,
      toUnixTimestamp64Nano(recorded_at) AS recorded_at
    FROM events ORDER BY ${PLACE}`,
  content: `SELECT * EXCEPT (recorded_at, bytes, expiry), lower(hex(SHA256(bytes))) AS bytes,
      toUnixTimestamp64Nano(recorded_at) AS recorded_at
    FROM content ORDER BY ${PLACE}, idx, part`,
  forks: `SELECT * EXCEPT raw, lower(hex(raw)) AS raw FROM forks ORDER BY ${PLACE}`,
  dead_letters: `SELECT * EXCEPT (bytes, reason), lower(hex(bytes)) AS bytes,
      reason != '' AS has_reason
    FROM dead_letters ORDER BY ${PLACE}, bytes`,
  sessions: `SELECT session_id, max(identity) AS identity, max(target) AS target,
      max(protocol) AS protocol, max(database) AS database, max(source) AS source,
      max(client_program) AS client_program, max(durability) AS durability, max(origin) AS origin,
      toUnixTimestamp64Nano(min(started_at)) AS started_at,
      toUnixTimestamp64Nano(max(last_at)) AS last_at, max(closed) AS closed, max(reason) AS reason,
      max(last_position) AS last_position, sum(events) AS events, sum(gaps) AS gaps,
      sum(forks) AS forks, sum(commands) AS commands, sum(errors) AS errors, sum(rows) AS rows,
      sum(bytes) AS bytes, max(log_offset) AS log_offset
    FROM sessions GROUP BY session_id ORDER BY session_id`,
};

/** What the store holds. */
export async function readTables(store: TestStore): Promise<Tables> {
  const read = (table: keyof Tables): Promise<Row[]> => store.rows(QUERIES[table]);
  return {
    events: await read('events'),
    content: await read('content'),
    forks: await read('forks'),
    dead_letters: await read('dead_letters'),
    sessions: await read('sessions'),
  };
}

/** What the store must hold. */
export async function expectedTables(log: EventLog): Promise<Tables> {
  const oracle = new Oracle();
  for (const topic of [...TOPICS].sort()) {
    for (const entry of await log.read(topic, { partition: 0, offset: 0 }, Infinity)) {
      oracle.entry(entry);
    }
  }
  return oracle.tables();
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const leaf = (raw: Uint8Array): string => sha256(Buffer.concat([Buffer.of(0), raw]));

class Oracle {
  private readonly rows: Tables = {
    events: [],
    content: [],
    forks: [],
    dead_letters: [],
    sessions: [],
  };
  private readonly held = new Map<string, string>();
  private readonly parts = new Set<string>();
  private readonly lastTimes = new Map<string, bigint>();
  private readonly sessions = new Map<string, Totals>();

  entry(entry: LogEntry): void {
    const { topic, bytes } = entry;
    const at = { topic, log_partition: entry.partition, log_offset: String(entry.offset) };
    const batch = decoded(() => fromBinary(BatchSchema, bytes));
    if (batch === undefined || batch.records.length === 0) {
      this.rows.dead_letters.push({ ...at, log_index: 0, bytes: hex(bytes), has_reason: 1 });
      return;
    }
    const envelopes = batch.records.map(({ raw }) => decodedEnvelope(raw));
    const batchTime = envelopes.find((envelope) => envelope !== undefined)?.recordedAt;
    for (const [index, record] of batch.records.entries()) {
      this.record({ ...at, log_index: index }, record, envelopes[index], batchTime);
    }
  }

  tables(): Tables {
    const sessions = [...this.sessions.values()].map((totals) => totals.row());
    sessions.sort((a, b) => (String(a['session_id']) < String(b['session_id']) ? -1 : 1));
    const content = this.rows.content.sort(byPlace);
    const deadLetters = this.rows.dead_letters.sort(byPlace);
    return { ...this.rows, content, dead_letters: deadLetters, sessions };
  }

  private record(
    at: Row,
    { raw, contents }: LogRecord,
    envelope: Envelope | undefined,
    batchTime: bigint | undefined,
  ): void {
    if (raw.length === 0) {
      if (contents.length === 0) this.dead(at, raw);
      for (const part of contents) this.earlyPart(at, part, batchTime);
    } else if (envelope === undefined) this.dead(at, raw);
    else this.event(at, raw, envelope, contents);
  }

  private dead(at: Row, bytes: Uint8Array): void {
    this.rows.dead_letters.push({ ...at, bytes: hex(bytes), has_reason: 1 });
  }

  private earlyPart(at: Row, part: ContentPart, batchTime: bigint | undefined): void {
    const { stream, position, index, part: number } = part;
    if (stream === '') return this.dead(at, part.bytes);
    const key = `${stream} ${position} ${index} ${number}`;
    if (this.held.has(`${stream} ${position}`) || this.parts.has(key)) return;
    this.parts.add(key);
    const time = batchTime ?? this.lastTimes.get(stream) ?? uuidTime(stream);
    this.content(at, { tenant: 'default', stream, position, recordedAt: time }, part);
  }

  private event(at: Row, raw: Uint8Array, envelope: Envelope, contents: ContentPart[]): void {
    const { tenant, stream, position } = envelope;
    const key = `${stream} ${position}`;
    const hash = leaf(raw);
    const held = this.held.get(key);
    if (held === hash) return;
    if (held !== undefined) {
      const fork = { ...at, tenant, stream, position: String(position), raw: hex(raw) };
      this.rows.forks.push(fork);
      this.totals(stream)?.fork(at);
      return;
    }
    this.held.set(key, hash);
    this.lastTimes.set(stream, max(envelope.recordedAt, this.lastTimes.get(stream)));
    this.rows.events.push({ ...at, ...eventRow(envelope), raw: hex(raw), leaf: hash });
    for (const part of contents) this.content(at, envelope, part);
    this.totals(stream)?.event(at, envelope);
  }

  private content(
    at: Row,
    of: { tenant: string; stream: string; position: bigint; recordedAt: bigint },
    part: ContentPart,
  ): void {
    this.rows.content.push({
      ...at,
      tenant: of.tenant,
      stream: of.stream,
      session_id: sessionIdOf(of.stream) ?? '',
      position: String(of.position),
      idx: part.index,
      part: part.part,
      kind: part.kind,
      bytes: sha256(part.bytes),
      recorded_at: String(of.recordedAt),
    });
  }

  private totals(stream: string): Totals | undefined {
    const id = sessionIdOf(stream);
    if (id === undefined) return undefined;
    const totals = this.sessions.get(id) ?? new Totals(id);
    this.sessions.set(id, totals);
    return totals;
  }
}

function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined; // what cannot be decoded is a dead letter
  }
}

function decodedEnvelope(raw: Uint8Array): Envelope | undefined {
  const envelope = decoded(() => fromBinary(EnvelopeSchema, raw));
  return envelope === undefined || envelope.stream === '' || envelope.type === ''
    ? undefined
    : envelope;
}

function kindOf({ facts }: Envelope): string {
  switch (facts.case) {
    case 'commandSubmitted':
      return facts.value.kind;
    case 'instanceSilent':
    case 'instanceHeard':
    case 'instanceLost':
      return facts.value.boot;
    default:
      return '';
  }
}

function eventRow(envelope: Envelope): Row {
  const { facts, stream } = envelope;
  const response = facts.case === 'responseCompleted' ? facts.value : undefined;
  const closed = facts.case === 'sessionClosed' ? facts.value : undefined;
  const decided = facts.case === 'commandDecided' ? facts.value : undefined;
  return {
    tenant: envelope.tenant,
    stream,
    session_id: sessionIdOf(stream) ?? '',
    position: String(envelope.position),
    type: envelope.type,
    version: envelope.version,
    identity: envelope.identity,
    target: envelope.target,
    instance: envelope.instance,
    boot: envelope.boot,
    emitted: String(envelope.emitted),
    occurred_at: String(envelope.occurredAt),
    recorded_at: String(envelope.recordedAt),
    kind: kindOf(envelope),
    command: String(response?.command ?? decided?.command ?? 0),
    status: closed?.reason ?? response?.status ?? '',
    error_code: response?.error?.code ?? '',
    rows: String(response?.rows ?? 0),
    bytes: String(response?.bytes ?? 0),
    duration_ns: String(response?.durationNs ?? 0),
    decision: decisionOf(facts),
    masked: sumOf(response?.masked),
    redacted: sumOf([...(response?.inputRedacted ?? []), ...redactedIn(facts)]),
  };
}

function decisionOf(facts: Envelope['facts']): string {
  const decision = facts.case === 'commandSubmitted' ? facts.value.decision : undefined;
  const isApproved = decision?.effect === 'allow' && decision.approval !== '';
  return isApproved ? 'approved' : (decision?.effect ?? '');
}

function redactedIn(facts: Envelope['facts']): readonly Masked[] {
  const isText = facts.case === 'commandSubmitted' || facts.case === 'statementPrepared';
  return isText ? facts.value.redacted : [];
}

function sumOf(counts: readonly Masked[] = []): string {
  return String(counts.reduce((sum, { count }) => sum + count, 0n));
}

/** A session, summed up event by event. */
class Totals {
  private readonly envelopes: Envelope[] = [];
  private forks = 0;
  private offset: unknown;

  constructor(private readonly id: string) {}

  event({ log_offset: offset }: Row, envelope: Envelope): void {
    this.envelopes.push(envelope);
    this.offset = offset;
  }

  fork({ log_offset: offset }: Row): void {
    this.forks += 1;
    this.offset = offset;
  }

  row(): Row {
    const all = this.envelopes;
    const facts = all.map((envelope) => envelope.facts);
    const opened = facts.flatMap((one) => (one.case === 'sessionOpened' ? one.value : []))[0];
    const closed = facts.flatMap((one) => (one.case === 'sessionClosed' ? one.value : []))[0];
    const responses = facts.flatMap((one) => (one.case === 'responseCompleted' ? one.value : []));
    const count = (name: string): string => String(facts.filter((one) => one.case === name).length);
    const times = all.map(({ occurredAt }) => occurredAt).sort((a, b) => (a < b ? -1 : 1));
    return {
      session_id: this.id,
      identity: all[0]?.identity ?? '',
      target: all[0]?.target ?? '',
      protocol: opened?.protocol ?? '',
      database: opened?.database ?? '',
      source: opened?.source ?? '',
      client_program: opened?.clientProgram ?? '',
      durability: opened?.durability ?? '',
      origin: opened?.origin ?? '',
      started_at: String(times[0]),
      last_at: String(times.at(-1)),
      closed: closed === undefined ? 0 : 1,
      reason: closed?.reason ?? '',
      last_position: String(all.reduce((last, { position }) => max(position, last), 0n)),
      events: String(all.length),
      gaps: count('gap'),
      forks: String(this.forks),
      commands: count('commandSubmitted'),
      errors: String(responses.filter(({ status }) => status === 'error').length),
      rows: String(responses.reduce((sum, { rows }) => sum + rows, 0n)),
      bytes: String(responses.reduce((sum, { bytes }) => sum + bytes, 0n)),
      log_offset: this.offset,
    };
  }
}

function byPlace(a: Row, b: Row): number {
  return placeKey(a) < placeKey(b) ? -1 : 1;
}

function placeKey({ topic, log_offset, log_index, idx = 0, part = 0, bytes }: Row): string {
  const numbers = [log_offset, log_index, idx, part].map((number) => String(number).padStart(9));
  return [topic, ...numbers, bytes].join(' ');
}

const max = (a: bigint, b: bigint | undefined): bigint => (b !== undefined && b > a ? b : a);

function uuidTime(stream: string): bigint {
  const digits = (sessionIdOf(stream) ?? '').replaceAll('-', '').slice(0, 12);
  return BigInt(`0x${digits}`) * 1_000_000n;
}
