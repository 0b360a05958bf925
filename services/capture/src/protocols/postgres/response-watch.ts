import type { ResponseStatus } from '@steno/sessions';
import { MessageScanner, backendType, withHeader } from '@steno/wire-postgres';
import type { MessageSink } from '@steno/wire-postgres';
import type { InputKeeper } from '../../session/input-keeper.js';
import type { SessionRecorder } from '../../session/recorder.js';
import { freeNames } from './deallocate.js';
import { LongMessage, headerOf } from './long-message.js';
import type { ResponseMasker } from './masking/response-masker.js';
import type { Names } from './names.js';
import { Outgoing } from './outgoing.js';
import type { Watched } from './outgoing.js';
import { OutputRun } from './output-run.js';
import { endsAtReady, isNaming, isNext, preparedAt } from './pending.js';
import type { Pending, PendingQueue, Portal } from './pending.js';
import type { RunningCommand, Statement } from './pending.js';
import type { ResponseRecord } from './response-record.js';
import type { Replacements } from './replacements.js';
import { spanOf } from './slab.js';
import type { Span } from './slab.js';

/** Rows beyond this size stream through the scanner in parts. */
const WHOLE_MESSAGE_BYTES = 64 * 1024;
const NOTIFICATION_BYTES = 32 * 1024;
const HEADER_BYTES = 5;
const IDLE = 0x49;
const NOTHING = Buffer.alloc(0);
/** The position that stands for no command: that of session.opened. */
const NO_COMMAND = 0;

const {
  bindComplete,
  closeComplete,
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
  parameterStatus,
  parseComplete,
  portalSuspended,
  readyForQuery,
  rowDescription,
} = backendType;

const isOutput = (type: number) => type === dataRow || type === copyData;

export interface ResponseWatchOptions {
  readonly recorder: SessionRecorder;
  readonly pending: PendingQueue;
  readonly statements: Names<Statement>;
  readonly portals: Names<Portal>;
  readonly record: ResponseRecord;
  /** What the client sends along with a command (COPY). */
  readonly input: InputKeeper;
  /** What was done up to here is done for all who connect to the target. */
  readonly onIdle: () => void;
  /** The body of a ParameterStatus. */
  readonly onSetting: (body: Buffer) => void;
  readonly masker: ResponseMasker;
  readonly replacements: Replacements;
}

/**
 * Watches what a Postgres target sends: joins it to the commands that wait, has it counted and
 * kept. It is NOT in the way: whatever it makes of the bytes they go on as they are, but for what
 * policies mask and the error that a denied command brings about; and an order that it does not
 * expect is recorded as what it is, never corrected.
 */
export class ResponseWatch implements MessageSink {
  inTransaction = false;
  /** SQLSTATE of the error by which the target ended the session. */
  lastWord = '';
  private readonly scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: 0x7fff_ffff - 4,
    wholeMessageBytes: WHOLE_MESSAGE_BYTES,
  });
  private readonly outgoing = new Outgoing();
  private chunk: Buffer = NOTHING;
  private readonly output: OutputRun;
  /** A message that comes in parts: its head, or undefined where it is output. */
  private streamed: LongMessage | undefined;
  /** The target reads the input of the command at the head by itself. */
  private copyingIn = false;
  private lastCommand = NO_COMMAND;

  constructor(private readonly options: ResponseWatchOptions) {
    this.output = new OutputRun(options.record);
  }

  /** True while the chunks so far end inside a message. */
  get midMessage(): boolean {
    // Of one that is withheld nothing was passed on.
    return this.scanner.midMessage && this.options.replacements.cut === undefined;
  }

  scan(chunk: Buffer): Watched {
    const { replacements } = this.options;
    replacements.begin();
    this.scanner.deliverWhole(replacements.wholeBytes ?? WHOLE_MESSAGE_BYTES);
    this.chunk = chunk;
    this.outgoing.begin(chunk);
    const malformed = this.scanner.scan(chunk, this);
    this.output.keep();
    this.chunk = NOTHING;
    replacements.end();
    const pieces = this.outgoing.finish(replacements.isOn);
    return { pieces, malformed, cut: replacements.cut };
  }

  /** The connection ended: each command without an answer gets `cut`, the first what it showed. */
  cut(): void {
    const { pending, record } = this.options;
    for (const command of pending.commands()) {
      this.complete(command, record.hasFailed ? 'error' : 'cut');
    }
    if (record.hasRemarks) record.remark(this.lastCommand);
  }

  span(type: number, start: number, end: number): void {
    this.outgoing.end(end);
    const { replacements } = this.options;
    if (!isOutput(type) || replacements.ofRows) {
      const instead = replacements.instead(type, { source: this.chunk, start, end });
      if (instead !== undefined) {
        this.outgoing.replace(start - HEADER_BYTES, end, instead);
        this.said(instead);
        return;
      }
      if (!isOutput(type)) {
        this.control(type, this.chunk.subarray(start, end), true);
        return;
      }
    }
    this.shown(type, this.chunk, start - HEADER_BYTES, end);
  }

  message(type: number, body: Buffer, end: number): void {
    const instead = this.options.replacements.instead(type, spanOf(body));
    const said = instead ?? spanOf(withHeader(body));
    this.outgoing.assembled(said, end);
    this.said(said);
  }

  begin(type: number, bodyLength: number, start: number): void {
    if (this.options.replacements.withholds(type, bodyLength)) return;
    const header = headerOf(type, bodyLength);
    this.outgoing.streamed(header, start);
    if (type === dataRow) this.options.record.row();
    this.streamed = isOutput(type) ? undefined : new LongMessage(header);
    if (this.streamed === undefined) this.output.add(header, 0, header.length);
  }

  part(_type: number, bytes: Buffer): void {
    if (this.streamed !== undefined) {
      this.streamed.add(bytes);
      return;
    }
    this.options.record.digest(bytes, 0, bytes.length);
    this.output.add(bytes, 0, bytes.length);
  }

  end(type: number, end: number): void {
    this.outgoing.end(end);
    if (this.streamed !== undefined) this.control(type, this.streamed.body(), false);
    this.streamed = undefined;
  }

  /** A message that lies by itself, header included; nothing where it is left out. */
  private said({ source, start, end }: Span): void {
    if (start === end) return;
    const type = source[start] as number;
    if (isOutput(type)) this.shown(type, source, start, end);
    else this.control(type, source.subarray(start + HEADER_BYTES, end), false);
  }

  /** A message of output, header included. */
  private shown(type: number, source: Buffer, start: number, end: number): void {
    const { record } = this.options;
    if (type === dataRow) record.row();
    record.digest(source, start + HEADER_BYTES, end);
    this.output.add(source, start, end);
  }

  private control(type: number, body: Buffer, inChunk: boolean): void {
    const { record } = this.options;
    switch (type) {
      case rowDescription:
        this.describe(body, inChunk);
        break;
      case copyOutResponse:
        this.whole(body);
        break;
      case functionCallResponse:
        record.withoutTag();
        this.whole(body);
        break;
      case copyInResponse:
        this.copyIn();
        break;
      case commandComplete:
        record.tag(body);
        this.endOfExecute('ok');
        break;
      case emptyQueryResponse:
        record.withoutTag();
        this.endOfExecute('ok');
        break;
      case portalSuspended:
        this.suspended();
        break;
      case errorResponse:
        this.error(body);
        break;
      case noticeResponse:
        record.notice(body);
        if (this.options.pending.length === 0) record.remark(NO_COMMAND);
        break;
      case notificationResponse:
        this.notification(withHeader(body));
        break;
      case parameterStatus:
        this.options.onSetting(body);
        break;
      case parseComplete:
        this.agreed('parse');
        break;
      case bindComplete:
        this.agreed('bind');
        break;
      case closeComplete:
        this.agreed('close');
        break;
      case noData:
        this.answered('describe');
        break;
      case readyForQuery:
        this.ready(body);
        break;
    }
  }

  /** Takes what a message answers. The target passed over what lies before it, if anything. */
  private answered(kind: Pending['kind']): Pending | undefined {
    return this.reach(kind) === undefined ? undefined : this.options.pending.shift();
  }

  private agreed(kind: 'parse' | 'bind' | 'close'): void {
    const asked = this.answered(kind);
    if (asked !== undefined && isNaming(asked)) asked.hold();
  }

  /** The command that a message belongs to, which only a command can bring about. */
  private running(): RunningCommand | undefined {
    const command = this.reach('command');
    return command?.kind === 'command' ? command : undefined;
  }

  private reach(kind: Pending['kind']): Pending | undefined {
    const { pending } = this.options;
    if (pending.head?.kind === kind) return pending.head;
    if (!pending.has(kind)) return undefined;
    while (pending.head !== undefined && pending.head.kind !== kind) this.passOver('skipped');
    return pending.head;
  }

  private passOver(status: ResponseStatus): void {
    const { pending } = this.options;
    const { head } = pending;
    if (head?.kind === 'command') this.complete(head, status);
    pending.shift();
    if (head !== undefined && isNaming(head)) head.drop(status === 'error');
  }

  private describe(body: Buffer, inChunk: boolean): void {
    const { pending, record } = this.options;
    if (pending.head?.kind === 'describe') {
      const { head } = pending;
      pending.shift();
      // Where its rows come next, the description opens the output, as that of a Query does.
      if (!isNext(pending.head, head)) {
        const described = record.descriptions.columnsOf(body);
        if (head.portal !== undefined) head.portal.described = described;
        if (head.statement !== undefined) head.statement.described = described;
        return;
      }
    } else this.running();
    record.columns(body);
    this.options.masker.describes();
    if (inChunk) {
      const start = body.byteOffset - this.chunk.byteOffset;
      this.output.add(this.chunk, start - HEADER_BYTES, start + body.length);
    } else this.whole(body);
  }

  /** Output that no digest covers. */
  private whole(body: Buffer): void {
    this.output.add(withHeader(body), 0, HEADER_BYTES + body.length);
  }

  private copyIn(): void {
    const command = this.running();
    if (command === undefined) return;
    this.copyingIn = true;
    this.options.input.begin(command.position);
  }

  private suspended(): void {
    const { portal } = this.running() ?? {};
    if (portal !== undefined) portal.described ??= this.options.record.described;
    this.endOfExecute('suspended');
  }

  private endOfExecute(status: ResponseStatus): void {
    const command = this.running();
    if (command?.endsAt === 'complete') this.finish(command, status);
  }

  private error(body: Buffer): void {
    const { pending, record } = this.options;
    this.lastWord = record.error(body) ?? this.lastWord;
    pending.skipCopyEnds();
    const { head } = pending;
    if (head === undefined) {
      record.remark(NO_COMMAND);
      return;
    }
    // ReadyForQuery ends these; at a Sync a transaction may still fail.
    if (head.kind === 'sync' || (head.kind === 'command' && head.endsAt === 'ready')) return;
    const blamed = pending.commandBeforeSync();
    if (blamed === undefined) record.remark(preparedAt(head) ?? NO_COMMAND);
    // The target passes over all up to the Sync: the first fails, it never looks at the others.
    if (head.kind === 'command') this.finish(head, 'error');
    let isTried = head.kind !== 'command';
    while (pending.head !== undefined && pending.head.kind !== 'sync') {
      const status = pending.head === blamed || isTried ? 'error' : 'skipped';
      this.passOver(status);
      isTried = false;
    }
  }

  /** Comes outside of any command: kept as output of none. */
  private notification(message: Buffer): void {
    this.output.keep();
    const kept = Buffer.from(message.subarray(0, NOTIFICATION_BYTES));
    this.options.recorder.output(NO_COMMAND, 0, kept);
  }

  private ready(body: Buffer): void {
    const { pending, record, portals } = this.options;
    this.inTransaction = body[0] !== IDLE;
    pending.skipCopyEnds();
    while (pending.head !== undefined && !endsAtReady(pending.head)) this.passOver('skipped');
    const { head } = pending;
    if (head?.kind === 'command') {
      // A command is answered by more than this: it is the end of something before.
      if (record.isAnswer) this.finish(head, record.hasFailed ? 'error' : 'ok');
    } else {
      pending.shift();
      if (record.hasRemarks) record.remark(this.lastCommand);
    }
    if (!this.inTransaction) this.options.onIdle();
    // Portals end with their transaction.
    if (!this.inTransaction && pending.length === 0) portals.forgetAll();
  }

  /** Ends the command at the head. */
  private finish(command: RunningCommand, status: ResponseStatus): void {
    const { pending, record } = this.options;
    const { copyingIn } = this;
    if (status === 'ok') freeNames(record.lastTag(), command.deallocates, this.options);
    this.complete(command, status);
    pending.shift();
    this.copyingIn = false;
    if (copyingIn) this.passCopyInput();
  }

  /** Syncs between the command and the end of its input were read as input: nobody answers them. */
  private passCopyInput(): void {
    const { pending } = this.options;
    while (pending.head?.kind === 'sync') pending.shift();
  }

  /** While it is written down the command stays at the head, for its output to be told from. */
  private complete(command: RunningCommand, status: ResponseStatus): void {
    this.output.keep();
    this.lastCommand = command.position;
    this.options.record.completed(command, status);
    command.trace?.ended(status);
    command.waiting?.withdraw('not-reached');
  }
}
