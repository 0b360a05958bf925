import type { ProtoWriter } from './proto-writer.js';

// Field numbers of steno.v1.CommandSubmitted, Statement, Object, Decision, ResponseCompleted,
// ResponseError, Column and Masked (proto/steno/v1/data.proto). event-stream.test.ts holds these
// writers against the generated code.

/** Facts of one event: its public type and how they are written into the envelope. */
export interface Facts {
  readonly type: string;
  readonly version: number;
  write(writer: ProtoWriter): void;
}

/** Values of a type, and how many of them. */
export type Counted = readonly (readonly [type: string, count: number])[];

export interface SubmittedFacts {
  readonly kind: string;
  readonly effect: string;
  readonly rule: string;
  readonly policyVersion: string;
  /** The approval that was asked for, or by which it runs; empty: none. */
  readonly approval: string;
  readonly statementName: string;
  readonly parameters: number;
  readonly traceparent: string;
  readonly cause: string;
  /** Replaced in its contents. */
  readonly redacted: Counted;
  /** Undefined: nobody looked at what it would do. */
  readonly statements?: EncodedStatements | undefined;
}

/** As encodeStatements made them: they are the same for all commands of one shape. */
export interface EncodedStatements {
  readonly bytes: Uint8Array;
  readonly leftOut: number;
}

const ENVELOPE_COMMAND_SUBMITTED = 21;
const ENVELOPE_RESPONSE_COMPLETED = 24;

export function commandSubmitted(facts: SubmittedFacts): Facts {
  return {
    type: 'command.submitted',
    version: 1,
    write(writer) {
      const mark = writer.beginMessage(ENVELOPE_COMMAND_SUBMITTED);
      writer.string(1, facts.kind);
      if (facts.statements !== undefined) writer.raw(facts.statements.bytes);
      const decision = writer.beginMessage(3);
      writer.string(1, facts.effect);
      writer.string(2, facts.rule);
      writer.string(3, facts.policyVersion);
      writer.string(5, facts.approval);
      writer.endMessage(decision);
      writer.string(4, facts.traceparent);
      writer.string(5, facts.cause);
      writer.string(6, facts.statementName);
      writer.varint(7, facts.parameters);
      writeCounted(writer, 8, facts.redacted);
      writer.varint(9, facts.statements?.leftOut ?? 0);
      writer.endMessage(mark);
    },
  };
}

export interface ObjectFacts {
  readonly kind: string;
  readonly name: string;
  readonly access: string;
}

export interface RecordedStatement {
  readonly kind: string;
  readonly objects: readonly ObjectFacts[];
  readonly shape: string;
  readonly objectsLeftOut: number;
  readonly shapeLeftOut: number;
  readonly bringsAbout: readonly string[];
  readonly opaque: boolean;
}

/** Of all statements of a command: what is beyond is left out, and counted. */
const STATEMENTS_BYTES = 16 * 1024;

/** Statements as they stand inside CommandSubmitted, as many as may. */
export function encodeStatements(
  writer: ProtoWriter,
  statements: readonly RecordedStatement[],
): EncodedStatements {
  writer.reset();
  let written = 0;
  for (const statement of statements) {
    const { length } = writer;
    writeStatement(writer, statement);
    if (writer.length > STATEMENTS_BYTES) {
      writer.length = length;
      break;
    }
    written += 1;
  }
  return { bytes: Buffer.from(writer.bytesWritten()), leftOut: statements.length - written };
}

function writeStatement(writer: ProtoWriter, statement: RecordedStatement): void {
  const mark = writer.beginMessage(2);
  writer.string(1, statement.kind);
  for (const { kind, name, access } of statement.objects) {
    const object = writer.beginMessage(2);
    writer.string(1, kind);
    writer.string(2, name);
    writer.string(3, access);
    writer.endMessage(object);
  }
  writer.string(3, statement.shape);
  writer.varint(4, statement.objectsLeftOut);
  writer.varint(5, statement.shapeLeftOut);
  for (const kind of statement.bringsAbout) writer.string(6, kind);
  writer.varint(7, statement.opaque ? 1 : 0);
  writer.endMessage(mark);
}

export type ResponseStatus = 'ok' | 'error' | 'suspended' | 'skipped' | 'cut';

export interface CompletedFacts {
  /** Position of command.submitted. */
  readonly command: number;
  readonly status: ResponseStatus;
  readonly errorCode: string;
  readonly errorSeverity: string;
  readonly rows: number;
  readonly rowsAffected: number;
  readonly bytes: number;
  readonly durationNs: number;
  /** Column messages as encodeColumns made them: they are the same for each run of a statement. */
  readonly columns: Uint8Array;
  readonly columnsLeftOut: number;
  /** Lower-case hex; one of the two is empty. */
  readonly sha256: string;
  readonly hmac: string;
  readonly tags: readonly string[];
  readonly outputKept: number;
  readonly inputBytes: number;
  readonly inputSha256: string;
  readonly inputHmac: string;
  readonly notices: number;
  /** How many values of each type were masked. */
  readonly masked: Counted;
  /** Replaced in the input that is kept. */
  readonly inputRedacted: Counted;
}

export function responseCompleted(facts: CompletedFacts): Facts {
  return {
    type: 'response.completed',
    version: 1,
    write(writer) {
      const mark = writer.beginMessage(ENVELOPE_RESPONSE_COMPLETED);
      writer.varint(1, facts.command);
      writer.string(2, facts.status);
      if (facts.errorCode !== '' || facts.errorSeverity !== '') {
        const error = writer.beginMessage(3);
        writer.string(1, facts.errorCode);
        writer.string(2, facts.errorSeverity);
        writer.endMessage(error);
      }
      writer.varint(4, facts.rows);
      writer.varint(5, facts.rowsAffected);
      writer.varint(6, facts.bytes);
      writer.varint(7, facts.durationNs);
      writer.raw(facts.columns);
      writer.hex(9, facts.sha256);
      writer.hex(10, facts.hmac);
      for (const tag of facts.tags) writer.string(11, tag);
      writeCounted(writer, 12, facts.masked);
      writer.varint(13, facts.outputKept);
      writer.varint(14, facts.inputBytes);
      writer.hex(15, facts.inputSha256);
      writer.hex(16, facts.inputHmac);
      writer.varint(17, facts.notices);
      writer.varint(18, facts.columnsLeftOut);
      writeCounted(writer, 19, facts.inputRedacted);
      writer.endMessage(mark);
    },
  };
}

function writeCounted(writer: ProtoWriter, field: number, counted: Counted): void {
  for (const [type, count] of counted) {
    const mark = writer.beginMessage(field);
    writer.string(1, type);
    writer.varint(2, count);
    writer.endMessage(mark);
  }
}

export interface ColumnFacts {
  readonly name: string;
  readonly type: number;
  readonly format: 'text' | 'binary';
}

/** Columns as they stand inside ResponseCompleted. */
export function encodeColumns(writer: ProtoWriter, columns: readonly ColumnFacts[]): Buffer {
  writer.reset();
  for (const column of columns) {
    const mark = writer.beginMessage(8);
    writer.string(1, column.name);
    writer.varint(2, column.type);
    writer.string(3, column.format);
    writer.endMessage(mark);
  }
  return Buffer.from(writer.bytesWritten());
}
