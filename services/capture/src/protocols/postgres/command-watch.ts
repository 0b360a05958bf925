import { authorize, decide } from '@steno/policy';
import type { Authorized, Command, CommandContext, Decision } from '@steno/policy';
import type { Clock, ContentNote } from '@steno/sessions';
import { MessageScanner, frontendType, nameText, withHeader } from '@steno/wire-postgres';
import type { Malformed, MessageSink } from '@steno/wire-postgres';
import type { CaptureLimits } from '../../options.js';
import type { InputKeeper } from '../../session/input-keeper.js';
import type { CommandTrace, SessionTraces } from '../../session/command-trace.js';
import type { SessionRecorder } from '../../session/recorder.js';
import { bindFields } from './bind-fields.js';
import { deallocatedName } from './deallocate.js';
import type { PostgresErrorName } from './errors.js';
import type { Names } from './names.js';
import type { Pending, PendingQueue, Portal, Statement } from './pending.js';
import { PreparedWatch } from './prepared-watch.js';

const { copyData, copyDone, copyFail, execute, flush, functionCall, query, sync, terminate } =
  frontendType;
const HEADER_BYTES = 5;
const OID_BYTES = 4;
/** Kept of a command that is too long to be seen whole. */
const HEAD_BYTES = 32 * 1024;
/** Messages that may wait for an answer, for each command that may. */
const MESSAGES_PER_COMMAND = 5;

const SYNC: Pending = { kind: 'sync' };
const UNREADABLE: Pending = { kind: 'unreadable' };
const COPY_END: Pending = { kind: 'copy-end' };

/** Why a client's bytes end its session. */
export interface CommandRefusal {
  readonly name: PostgresErrorName;
  readonly detail: string;
}

/** What of a chunk may go to the target, in order, once the commands in it are committed. */
export interface Cleared {
  readonly pieces: Buffer[];
  readonly commands: Authorized<Command>[];
  /** Of the commands that are traced; undefined where none is. */
  readonly traces: readonly CommandTrace[] | undefined;
  /** COPY data ends here: strict waits for its record as well. */
  readonly waits: boolean;
  readonly leaving: boolean;
  readonly refusal: CommandRefusal | undefined;
}

export interface CommandWatchOptions {
  readonly recorder: SessionRecorder;
  readonly pending: PendingQueue;
  readonly statements: Names<Statement>;
  readonly portals: Names<Portal>;
  readonly input: InputKeeper;
  readonly clock: Clock;
  readonly limits: CaptureLimits;
  readonly context: CommandContext;
  /** Undefined where nobody traces. */
  readonly traces: SessionTraces | undefined;
}

interface Submission extends Command {
  readonly statementName: string;
  readonly parameters: number;
  readonly endsAt: 'ready' | 'complete';
  readonly portal?: Portal | undefined;
  readonly deallocates?: string | undefined;
}

/**
 * Watches what a Postgres client sends: finds the commands, has them ruled on, writes them down,
 * and says which bytes may go on. It is NOT a validator: what the target would refuse goes to the
 * target; and it never changes a byte. After a refusal nothing more may go on.
 */
export class CommandWatch implements MessageSink {
  private readonly scanner: MessageScanner;
  private readonly prepared: PreparedWatch;
  private chunk: Buffer = Buffer.alloc(0);
  /** Bytes of the chunk up to here are in `pieces`; up to `seen` they may follow. */
  private from = 0;
  private seen = 0;
  private pieces: Buffer[] = [];
  private commands: Authorized<Command>[] = [];
  private traces: CommandTrace[] | undefined;
  private waits = false;
  private leaving = false;
  private refusal: CommandRefusal | undefined;
  /** A message that comes in parts: its head. */
  private streamed: { head: Buffer[]; headBytes: number } | undefined;

  constructor(private readonly options: CommandWatchOptions) {
    const { limits } = options;
    this.scanner = new MessageScanner({
      side: 'frontend',
      maxMessageBytes: limits.messageBytes,
      wholeMessageBytes: limits.commandBytes,
    });
    this.prepared = new PreparedWatch({
      ...options,
      refuse: (detail) => {
        this.refuse('too-many-prepared', detail);
      },
    });
  }

  /** True while the chunks so far end inside a message. */
  get midMessage(): boolean {
    return this.scanner.midMessage;
  }

  /** The target has a part of a message that will not get its end. */
  get isPartlySent(): boolean {
    return this.streamed !== undefined;
  }

  scan(chunk: Buffer): Cleared {
    this.chunk = chunk;
    this.from = 0;
    this.seen = 0;
    this.pieces = [];
    this.commands = [];
    this.traces = undefined;
    this.waits = false;
    const malformed: Malformed | undefined = this.scanner.scan(chunk, this);
    if (malformed !== undefined) this.refuse('protocol-violation', malformed.detail);
    this.takeSeen();
    this.chunk = Buffer.alloc(0);
    const { pieces, commands, traces, waits, leaving, refusal } = this;
    return { pieces, commands, traces, waits, leaving, refusal };
  }

  span(type: number, start: number, end: number): void {
    this.understand(type, this.chunk.subarray(start, end));
    if (this.refusal === undefined) this.seen = end;
  }

  message(type: number, body: Buffer, end: number): void {
    this.takeSeen();
    this.understand(type, body);
    if (this.refusal !== undefined) return;
    this.pieces.push(withHeader(body));
    this.from = end;
    this.seen = end;
  }

  begin(type: number, bodyLength: number): void {
    if (this.refusal !== undefined) return;
    this.takeSeen();
    const header = Buffer.alloc(HEADER_BYTES);
    header[0] = type;
    header.writeUInt32BE(bodyLength + 4, 1);
    this.pieces.push(header);
    this.streamed = { head: [], headBytes: 0 };
  }

  part(type: number, bytes: Buffer, end: number): void {
    const { streamed } = this;
    if (this.refusal !== undefined || streamed === undefined) return;
    this.pieces.push(bytes);
    this.from = end;
    this.seen = end;
    if (type === copyData) this.copyData(bytes);
    const room = HEAD_BYTES - streamed.headBytes;
    if (room <= 0) return;
    streamed.head.push(Buffer.from(bytes.subarray(0, room)));
    streamed.headBytes += Math.min(room, bytes.length);
  }

  /**
   * The target acts on a message when it has its last byte, and that is still here: the command is
   * recorded in time, and refused by keeping that byte.
   */
  end(type: number): void {
    const { streamed } = this;
    if (this.refusal !== undefined || streamed === undefined) return;
    if (type !== copyData) {
      this.options.recorder.limitReached('commandBytes', this.options.limits.commandBytes);
      this.understand(type, Buffer.concat([...streamed.head, Buffer.alloc(1)]));
    }
    if (this.refusal === undefined) this.streamed = undefined;
    else this.pieces.pop();
  }

  private understand(type: number, body: Buffer): void {
    if (this.refusal !== undefined) return;
    const { pending, limits, recorder } = this.options;
    if (pending.length >= limits.pipelinedCommands * MESSAGES_PER_COMMAND) {
      recorder.limitReached('pipelinedCommands', limits.pipelinedCommands);
      this.refuse('too-many-pipelined', `${limits.pipelinedCommands} commands`);
      return;
    }
    switch (type) {
      case query:
        this.query(body);
        break;
      case execute:
        this.execute(body);
        break;
      case sync:
        this.sync();
        break;
      case flush:
        if (body.length > 0) pending.push(UNREADABLE);
        break;
      case functionCall:
        this.functionCall(body);
        break;
      case copyData:
        this.copyData(body);
        break;
      case copyDone:
      case copyFail:
        this.options.input.end();
        if (pending.length > 0) pending.push(COPY_END);
        this.waits = true;
        break;
      case terminate:
        this.leaving = true;
        break;
      default:
        this.prepared.understand(type, body);
    }
  }

  private sync(): void {
    // COPY reads it as nothing, up to an error in the data: which it is, nobody here can tell.
    if (this.options.input.isFlowing) {
      this.refuse('protocol-violation', 'a Sync within the data of a COPY');
      return;
    }
    this.options.pending.push(SYNC);
    this.prepared.sync();
  }

  private query(body: Buffer): void {
    const text = body.subarray(0, Math.max(0, body.length - 1));
    const { recorder } = this.options;
    const deallocates = deallocatedName(text);
    this.submit(
      { kind: 'query', statementName: '', parameters: 0, endsAt: 'ready', deallocates },
      () => [recorder.note('text', text)],
    );
  }

  /** Int32(function), then what a Bind has too: formats and arguments. */
  private functionCall(body: Buffer): void {
    const { recorder } = this.options;
    const called = body.length < OID_BYTES ? '' : `function ${body.readUInt32BE(0)}`;
    const values = body.subarray(OID_BYTES);
    const { parameters, end } = bindFields(values);
    this.submit(
      { kind: 'function-call', statementName: called, parameters, endsAt: 'ready' },
      () => [recorder.note('binds', values.subarray(0, end))],
    );
  }

  private execute(body: Buffer): void {
    const { recorder } = this.options;
    const { portal, statements } = this.prepared.executed(body);
    const command: Submission = {
      kind: 'execute',
      statementName: portal?.statementName ?? '',
      parameters: portal?.parameters ?? 0,
      endsAt: 'complete',
      portal,
    };
    this.submit(command, () => {
      const contents: ContentNote[] = statements.map(({ note }) => note.text);
      if (portal !== undefined && portal.parameters > 0) {
        contents.push(recorder.note('binds', portal.values, contents.length));
      }
      return contents;
    });
  }

  private submit(command: Submission, contents: () => readonly ContentNote[]): void {
    const { recorder, pending, clock, context, traces } = this.options;
    const trace = traces?.begin(recorder.position, command.kind);
    const decision = decide(command, context);
    trace?.decided(decision.effect);
    const submittedAt = clock();
    const position = recorder.submitted(submittedFacts(command, decision), contents());
    const authorized = authorize(command, decision);
    if (authorized === undefined) {
      this.refuse('denied', decision.rule);
      trace?.ended('denied');
      return;
    }
    this.commands.push(authorized);
    if (trace !== undefined) (this.traces ??= []).push(trace);
    pending.push({
      kind: 'command',
      endsAt: command.endsAt,
      position,
      submittedAt,
      portal: command.portal,
      deallocates: command.deallocates,
      trace,
    });
  }

  private copyData(bytes: Buffer): void {
    const { input, pending } = this.options;
    if (input.isOpen) input.add(bytes);
    else input.addFor(pending.lastCommand()?.position, bytes);
  }

  private refuse(name: PostgresErrorName, detail: string): void {
    this.refusal ??= { name, detail };
  }

  private takeSeen(): void {
    if (this.seen > this.from) this.pieces.push(this.chunk.subarray(this.from, this.seen));
    this.from = this.seen;
  }
}

function submittedFacts(command: Submission, decision: Decision) {
  return {
    kind: command.kind,
    effect: decision.effect,
    rule: decision.rule,
    policyVersion: decision.policyVersion,
    statementName: nameText(command.statementName).slice(0, 128),
    parameters: command.parameters,
    traceparent: '',
    cause: '',
  };
}
