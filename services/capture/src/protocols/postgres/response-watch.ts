import type {
  Clock,
  CompletedFacts,
  ContentNote,
  ResponseStatus,
  ResponseDigest,
} from '@steno/sessions';
import {
  MessageScanner,
  backendType,
  decodeErrorFields,
  fieldText,
  isMalformed,
  rowsAffected,
  withHeader,
} from '@steno/wire-postgres';
import type { Malformed, MessageSink } from '@steno/wire-postgres';
import type { OutputKeeper } from '../../session/output-keeper.js';
import type { SessionRecorder } from '../../session/recorder.js';
import type { Pending, PendingQueue, RunningCommand, Statement } from './pending.js';
import { RowDescriptions, withFormats } from './row-descriptions.js';
import type { Described } from './row-descriptions.js';

/** Rows beyond this size stream through the scanner in parts. */
const WHOLE_MESSAGE_BYTES = 64 * 1024;
const HEADER_BYTES = 5;
const TAGS_MAX = 100;
const TAG_LENGTH_MAX = 64;
const NOTICES_KEPT = 8;
const TEXT_KEPT_BYTES = 8 * 1024;
const NOTHING = Buffer.alloc(0);

const {
  commandComplete,
  copyData,
  copyInResponse,
  copyOutResponse,
  dataRow,
  emptyQueryResponse,
  errorResponse,
  functionCallResponse,
  noData,
  noticeResponse,
  notificationResponse,
  parseComplete,
  portalSuspended,
  readyForQuery,
  rowDescription,
} = backendType;

/** What one response has shown so far. */
class Response {
  rows = 0;
  tags: string[] = [];
  affected = 0;
  notices = 0;
  noticeTexts: Buffer[] = [];
  errorCode = '';
  errorSeverity = '';
  errorBody: Buffer | undefined;
  described: Described | undefined;
  hasDescription = false;
}

export interface ResponseWatchOptions {
  readonly recorder: SessionRecorder;
  readonly pending: PendingQueue;
  readonly output: OutputKeeper;
  readonly digest: ResponseDigest;
  readonly clock: Clock;
  /** What the client sent along with a command (COPY); asked when that command ends. */
  readonly input: {
    begin(command: number): void;
    finish(): Pick<CompletedFacts, 'inputBytes' | 'inputSha256' | 'inputHmac'>;
  };
}

/**
 * Watches what a Postgres target sends: joins it to the commands that wait, digests, counts, keeps
 * output. It is NOT in the way: the relay passes the bytes on whatever this makes of them, and an
 * order that it does not expect is recorded as what it is, never corrected.
 */
export class ResponseWatch implements MessageSink {
  /** The session waits for the client: nothing is pending, the target said so. */
  idle = true;
  inTransaction = false;
  private readonly scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: 0x7fff_ffff - 4,
    wholeMessageBytes: WHOLE_MESSAGE_BYTES,
  });
  private response = new Response();
  private chunk: Buffer = NOTHING;
  /** Messages of output that lie side by side in the chunk are kept by one copy. */
  private runStart = 0;
  private runEnd = 0;
  private partsKept = false;
  private readonly descriptions = new RowDescriptions();

  constructor(private readonly options: ResponseWatchOptions) {}

  scan(chunk: Buffer): Malformed | undefined {
    this.chunk = chunk;
    const malformed = this.scanner.scan(chunk, this);
    this.keepRun();
    this.chunk = NOTHING;
    return malformed;
  }

  /**
   * The connection ended: each command without an answer gets `cut`, the first with what had come
   * of it.
   */
  cut(): void {
    this.keepRun();
    for (const command of this.options.pending.commands()) this.complete(command, 'cut');
  }

  span(type: number, start: number, end: number): void {
    if (type === dataRow) {
      this.response.rows += 1;
      this.options.digest.add(this.chunk, start, end);
      this.keepSpan(start - HEADER_BYTES, end);
      return;
    }
    if (type === copyData) {
      this.options.digest.add(this.chunk, start, end);
      this.keepSpan(start - HEADER_BYTES, end);
      return;
    }
    this.control(type, this.chunk.subarray(start, end), true);
  }

  message(type: number, body: Buffer): void {
    if (type === dataRow || type === copyData) {
      if (type === dataRow) this.response.rows += 1;
      this.options.digest.add(body, 0, body.length);
      this.keep(withHeader(body));
      return;
    }
    this.control(type, body, false);
  }

  begin(type: number, bodyLength: number): void {
    this.partsKept = type === dataRow || type === copyData;
    if (type === dataRow) this.response.rows += 1;
    if (!this.partsKept) return;
    const header = Buffer.alloc(HEADER_BYTES);
    header[0] = type;
    header.writeUInt32BE(bodyLength + 4, 1);
    this.keep(header);
  }

  part(_type: number, bytes: Buffer): void {
    if (!this.partsKept) return;
    this.options.digest.add(bytes, 0, bytes.length);
    this.keep(bytes);
  }

  end(type: number): void {
    // Only a description can be this long besides data; what it describes stays unnamed.
    if (type === rowDescription) this.response.hasDescription = true;
  }

  private control(type: number, body: Buffer, inChunk: boolean): void {
    switch (type) {
      case rowDescription:
        this.describe(body, inChunk);
        break;
      case copyOutResponse:
        this.keep(withHeader(body));
        break;
      case copyInResponse: {
        const command = this.head('command');
        if (command !== undefined) this.options.input.begin(command.position);
        break;
      }
      case commandComplete:
        this.commandComplete(body);
        break;
      case functionCallResponse:
        this.keep(withHeader(body));
        break;
      case emptyQueryResponse:
      case portalSuspended:
        this.endOfExecute(type === portalSuspended ? 'suspended' : 'ok');
        break;
      case errorResponse:
        this.error(body);
        break;
      case noticeResponse:
        this.notice(body);
        break;
      case notificationResponse:
        this.notification(withHeader(body));
        break;
      case parseComplete:
        if (this.options.pending.head?.kind === 'parse') this.options.pending.shift();
        break;
      case noData:
        if (this.options.pending.head?.kind === 'describe') this.options.pending.shift();
        break;
      case readyForQuery:
        this.ready(body);
        break;
    }
  }

  private head<K extends Pending['kind']>(kind: K): Extract<Pending, { kind: K }> | undefined {
    const { head } = this.options.pending;
    return head?.kind === kind ? (head as Extract<Pending, { kind: K }>) : undefined;
  }

  private describe(body: Buffer, inChunk: boolean): void {
    const describe = this.head('describe');
    if (describe !== undefined) {
      this.options.pending.shift();
      if (describe.statement !== undefined) describe.statement.description = Buffer.from(body);
      return;
    }
    this.response.hasDescription = true;
    this.response.described = this.descriptions.columnsOf(body);
    if (inChunk) {
      const start = body.byteOffset - this.chunk.byteOffset;
      this.keepSpan(start - HEADER_BYTES, start + body.length);
    } else this.keep(withHeader(body));
  }

  private commandComplete(body: Buffer): void {
    const tag = body.toString('latin1', 0, Math.max(0, body.length - 1));
    if (this.response.tags.length < TAGS_MAX) {
      this.response.tags.push(tag.slice(0, TAG_LENGTH_MAX));
    }
    if (!tag.startsWith('SELECT') && !tag.startsWith('FETCH')) {
      this.response.affected += rowsAffected(tag) ?? 0;
    }
    this.endOfExecute('ok');
  }

  private endOfExecute(status: ResponseStatus): void {
    const command = this.head('command');
    if (command?.endsAt !== 'complete') return;
    this.options.pending.shift();
    this.complete(command, status);
  }

  private error(body: Buffer): void {
    const fields = decodeErrorFields(body);
    if (!isMalformed(fields)) {
      this.response.errorCode = (fieldText(fields, 'C') ?? '').slice(0, 5);
      const severity = fieldText(fields, 'V') ?? fieldText(fields, 'S') ?? '';
      this.response.errorSeverity = severity.slice(0, 16);
    }
    this.response.errorBody = Buffer.from(body.subarray(0, TEXT_KEPT_BYTES));
    const { pending } = this.options;
    const command = pending.commandBeforeSync();
    if (command?.endsAt === 'ready') return;
    // The target skips everything up to the Sync: the failed one first, then those it never looked
    // at.
    const parse = this.head('parse');
    if (command === undefined && parse !== undefined) this.completeParse(parse.statement);
    let status: ResponseStatus = 'error';
    for (let head = pending.head; head !== undefined && head.kind !== 'sync'; head = pending.head) {
      pending.shift();
      if (head.kind !== 'command') continue;
      this.complete(head, status);
      status = 'skipped';
    }
  }

  private notice(body: Buffer): void {
    this.response.notices += 1;
    if (this.response.noticeTexts.length < NOTICES_KEPT) {
      this.response.noticeTexts.push(Buffer.from(body.subarray(0, TEXT_KEPT_BYTES / 2)));
    }
  }

  /** Comes outside of any command: kept as output of none. */
  private notification(message: Buffer): void {
    this.keepRun();
    this.options.recorder.output(0, 0, Buffer.from(message.subarray(0, WHOLE_MESSAGE_BYTES >> 1)));
  }

  private ready(body: Buffer): void {
    const { pending } = this.options;
    this.inTransaction = body[0] !== 0x49;
    const head = pending.head;
    if (head?.kind === 'sync') pending.shift();
    else if (head?.kind === 'command' && head.endsAt === 'ready') {
      pending.shift();
      this.complete(head, this.response.errorBody === undefined ? 'ok' : 'error');
    }
    this.idle = pending.length === 0;
    if (this.idle && this.response.notices > 0) this.response = new Response();
  }

  private completeParse(statement: Statement): void {
    this.finish(statement.note.position, 'error', 0, undefined);
  }

  private complete(command: RunningCommand, status: ResponseStatus): void {
    const duration = Number(this.options.clock() - command.submittedAt);
    this.finish(command.position, status, duration, command);
  }

  private finish(
    position: number,
    status: ResponseStatus,
    durationNs: number,
    command: RunningCommand | undefined,
  ): void {
    this.keepRun();
    const { recorder, output, digest, input } = this.options;
    const { response } = this;
    this.response = new Response();
    const kept = output.finish();
    const { bytes } = digest;
    if (!kept.whole) digest.giveUpPlain();
    const described = response.described ?? this.rememberedColumns(command);
    const facts = {
      command: position,
      status,
      errorCode: response.errorCode,
      errorSeverity: response.errorSeverity,
      rows: response.rows,
      rowsAffected: response.affected,
      bytes,
      durationNs,
      columns: described?.columns ?? NOTHING,
      columnsLeftOut: described?.leftOut ?? 0,
      ...digest.finish(),
      tags: response.tags,
      outputKept: kept.kept,
      ...input.finish(),
      notices: response.notices,
    };
    recorder.completed(facts, this.contentsOf(response, kept.head, command));
  }

  private rememberedColumns(command: RunningCommand | undefined): Described | undefined {
    const description = command?.statement?.description;
    return description === undefined ? undefined : this.descriptions.columnsOf(description);
  }

  /** A response without its own description is told apart by the one that its statement had. */
  private contentsOf(
    response: Response,
    head: Buffer,
    command: RunningCommand | undefined,
  ): ContentNote[] {
    const { recorder } = this.options;
    const contents: ContentNote[] = [];
    if (head.length > 0) contents.push(recorder.note('output', head));
    if (response.errorBody !== undefined) {
      contents.push(recorder.note('error', response.errorBody, contents.length));
    }
    for (const text of response.noticeTexts) {
      contents.push(recorder.note('notice', text, contents.length));
    }
    const description = command?.statement?.description;
    if (response.rows > 0 && !response.hasDescription && description !== undefined) {
      const named = withFormats(description, command?.resultFormats);
      contents.push(recorder.note('description', named, contents.length));
    }
    return contents;
  }

  private keepSpan(start: number, end: number): void {
    if (start === this.runEnd && this.runStart !== this.runEnd) {
      this.runEnd = end;
      return;
    }
    this.keepRun();
    this.runStart = start;
    this.runEnd = end;
  }

  private keepRun(): void {
    if (this.runStart === this.runEnd) return;
    this.keepBytes(this.chunk, this.runStart, this.runEnd);
    this.runStart = 0;
    this.runEnd = 0;
  }

  private keep(bytes: Buffer): void {
    this.keepRun();
    this.keepBytes(bytes, 0, bytes.length);
  }

  private keepBytes(source: Buffer, start: number, end: number): void {
    const { output, digest } = this.options;
    output.add(source, start, end);
    if (!output.isWhole) digest.giveUpPlain();
  }
}
