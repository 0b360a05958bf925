import { EnvelopeReader } from './envelope-reader.js';

/** The plain columns of steno.events that are derived from raw. */
export interface EventColumns {
  readonly tenant: string;
  readonly stream: string;
  readonly position: number;
  /** Bytes of the previous hash as the envelope names it. */
  readonly previous: Uint8Array;
  readonly type: string;
  readonly version: number;
  readonly identity: string;
  readonly target: string;
  readonly instance: string;
  readonly boot: string;
  readonly installation: string;
  readonly emitted: bigint;
  readonly occurredAt: bigint;
  readonly recordedAt: bigint;
  readonly facts: FactColumns;
  /** Of session.opened. */
  readonly opened: OpenedColumns | undefined;
}

/** What session.opened says for steno.sessions. */
export interface OpenedColumns {
  readonly source: string;
  readonly protocol: string;
  readonly database: string;
  readonly clientProgram: string;
  readonly durability: string;
  readonly origin: string;
}

/**
 * Of what commands are, of their answers and of session.closed; empty on every other type.
 */
export interface FactColumns {
  readonly kind: string;
  readonly command: bigint;
  readonly status: string;
  readonly errorCode: string;
  readonly rows: bigint;
  readonly bytes: bigint;
  readonly durationNs: bigint;
  /** Of command.submitted: its effect, or that an approval of before lets it run. */
  readonly decision: string;
  /** How many values the client got something else for. */
  readonly masked: bigint;
  /** How many values were replaced before it was written. */
  readonly redacted: bigint;
}

// Field numbers of steno.v1.Envelope (proto/steno/v1/envelope.proto).
const SESSION_OPENED = 20;
const COMMAND_SUBMITTED = 21;
const COMMAND_DECIDED = 22;
const STATEMENT_PREPARED = 23;
const RESPONSE_COMPLETED = 24;
const SESSION_CLOSED = 30;
/** Their second field is the boot that they are about, all three. */
const INSTANCE_SILENT = 65;
const INSTANCE_LOST = 66;
const INSTANCE_HEARD = 67;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const NO_FACTS: FactColumns = {
  kind: '',
  command: 0n,
  status: '',
  errorCode: '',
  rows: 0n,
  bytes: 0n,
  durationNs: 0n,
  decision: '',
  masked: 0n,
  redacted: 0n,
};
const NOT_OPENED: OpenedColumns = {
  source: '',
  protocol: '',
  database: '',
  clientProgram: '',
  durability: '',
  origin: '',
};
const EMPTY = new Uint8Array(0);
/** Of the column version. */
const VERSION_MAX = 0xffff;

/**
 * Reads the columns of one event from its bytes, and only them: much faster than decoding the whole
 * message. What an event means is not decided here.
 *
 * @returns the reason where the bytes are no envelope
 */
export function eventColumns(raw: Uint8Array): EventColumns | { readonly malformed: string } {
  try {
    const columns = readEnvelope(new EnvelopeReader(raw));
    if (columns.stream === '' || columns.type === '') return { malformed: 'no stream or type' };
    if (!Number.isSafeInteger(columns.position)) return { malformed: 'position out of range' };
    if (columns.version > VERSION_MAX) return { malformed: 'version out of range' };
    return columns;
  } catch (error) {
    return { malformed: error instanceof Error ? error.message : String(error) };
  }
}

function readEnvelope(reader: EnvelopeReader): EventColumns {
  const columns: Mutable<EventColumns> = {
    tenant: '',
    stream: '',
    position: 0,
    previous: EMPTY,
    type: '',
    version: 0,
    identity: '',
    target: '',
    instance: '',
    boot: '',
    installation: '',
    emitted: 0n,
    occurredAt: 0n,
    recordedAt: 0n,
    facts: NO_FACTS,
    opened: undefined,
  };
  while (reader.next()) readField(reader, columns);
  return columns;
}

// One case per field of the message is the plainest form of a decoder.
function readField(reader: EnvelopeReader, columns: Mutable<EventColumns>): void {
  const { field } = reader;
  switch (field) {
    case 1:
      columns.installation = reader.text();
      return;
    case 2:
      columns.tenant = reader.text();
      return;
    case 3:
      columns.stream = reader.text();
      return;
    case 4:
      columns.instance = reader.text();
      return;
    case 5:
      columns.boot = reader.text();
      return;
    case 6:
      columns.identity = reader.text();
      return;
    case 7:
      columns.target = reader.text();
      return;
    case 8:
      columns.type = reader.text();
      return;
    case 9:
      columns.version = reader.number();
      return;
    case 10:
      columns.position = reader.number();
      return;
    case 11:
      columns.previous = reader.blob();
      return;
    case 12:
      columns.occurredAt = reader.sfixed64();
      return;
    case 13:
      columns.recordedAt = reader.sfixed64();
      return;
    case 14:
      columns.emitted = reader.uint64();
      return;
    case SESSION_OPENED:
      columns.opened = readOpened(reader);
      return;
    case COMMAND_SUBMITTED:
    case COMMAND_DECIDED:
    case STATEMENT_PREPARED:
    case RESPONSE_COMPLETED:
    case SESSION_CLOSED:
    case INSTANCE_SILENT:
    case INSTANCE_LOST:
    case INSTANCE_HEARD:
      columns.facts = readFacts(field, reader);
      return;
    default:
      reader.skip();
  }
}

function readOpened(reader: EnvelopeReader): OpenedColumns {
  const opened: Mutable<OpenedColumns> = { ...NOT_OPENED };
  const outer = reader.enter();
  while (reader.next()) {
    const { field } = reader;
    if (field === 7) opened.source = reader.text();
    else if (field === 8) opened.protocol = reader.text();
    else if (field === 10) opened.database = reader.text();
    else if (field === 13) opened.clientProgram = reader.text();
    else if (field === 15) opened.durability = reader.text();
    else if (field === 16) opened.origin = reader.text();
    else reader.skip();
  }
  reader.leave(outer);
  return opened;
}

function readFacts(of: number, reader: EnvelopeReader): FactColumns {
  const facts: Mutable<FactColumns> = { ...NO_FACTS };
  const outer = reader.enter();
  while (reader.next()) {
    const { field } = reader;
    if (of === RESPONSE_COMPLETED) readResponse(reader, facts);
    else if (of === COMMAND_SUBMITTED) readSubmitted(reader, facts);
    else if (field === 1 && of === COMMAND_DECIDED) facts.command = reader.uint64();
    else if (field === 3 && of === STATEMENT_PREPARED) facts.redacted += readCount(reader);
    else if (field === 1 && of === SESSION_CLOSED) facts.status = reader.text();
    else if (field === 2 && of >= INSTANCE_SILENT) facts.kind = reader.text();
    else reader.skip();
  }
  reader.leave(outer);
  return facts;
}

function readSubmitted(reader: EnvelopeReader, facts: Mutable<FactColumns>): void {
  const { field } = reader;
  if (field === 1) facts.kind = reader.text();
  else if (field === 3) facts.decision = readDecision(reader);
  else if (field === 8) facts.redacted += readCount(reader);
  else reader.skip();
}

function readResponse(reader: EnvelopeReader, facts: Mutable<FactColumns>): void {
  switch (reader.field) {
    case 1:
      facts.command = reader.uint64();
      return;
    case 2:
      facts.status = reader.text();
      return;
    case 3:
      facts.errorCode = readErrorCode(reader);
      return;
    case 4:
      facts.rows = reader.uint64();
      return;
    case 6:
      facts.bytes = reader.uint64();
      return;
    case 7:
      facts.durationNs = reader.uint64();
      return;
    case 12:
      facts.masked += readCount(reader);
      return;
    case 19:
      facts.redacted += readCount(reader);
      return;
    default:
      reader.skip();
  }
}

function readDecision(reader: EnvelopeReader): string {
  let effect = '';
  let isApproved = false;
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) effect = reader.text();
    else if (reader.field === 5) isApproved = reader.text() !== '';
    else reader.skip();
  }
  reader.leave(outer);
  return effect === 'allow' && isApproved ? 'approved' : effect;
}

/** How many values of one type there were. */
function readCount(reader: EnvelopeReader): bigint {
  let count = 0n;
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.field === 2) count = reader.uint64();
    else reader.skip();
  }
  reader.leave(outer);
  return count;
}

function readErrorCode(reader: EnvelopeReader): string {
  let code = '';
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) code = reader.text();
    else reader.skip();
  }
  reader.leave(outer);
  return code;
}
