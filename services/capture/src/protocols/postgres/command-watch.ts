import { authorize } from '@steno/policy';
import type { Authorized, Command, Decision } from '@steno/policy';
import type { Clock, ContentNote } from '@steno/sessions';
import { MessageScanner, cString, frontendType, withHeader } from '@steno/wire-postgres';
import type { Malformed, MessageSink } from '@steno/wire-postgres';
import type { InputKeeper } from '../../session/input-keeper.js';
import type { CommandTrace, SessionTraces } from '../../session/command-trace.js';
import type { SessionGate } from '../../session/session-gate.js';
import { bindFields } from './bind-fields.js';
import { deallocatedName } from './deallocate.js';
import { denialOf, ruleText, substituteFor } from './denial.js';
import type { PostgresErrorName } from './errors.js';
import type { Pending } from './pending.js';
import { PreparedWatch } from './prepared-watch.js';
import type { PreparedWatchOptions } from './prepared-watch.js';
import { submittedFacts } from './submission.js';
import type { Submission } from './submission.js';

const {
  bind,
  copyData,
  copyDone,
  copyFail,
  execute,
  flush,
  functionCall,
  parse,
  query,
  sync,
  terminate,
} = frontendType;
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

export interface CommandWatchOptions extends Omit<PreparedWatchOptions, 'refuse'> {
  readonly input: InputKeeper;
  readonly clock: Clock;
  readonly gate: SessionGate;
  /** Undefined where nobody traces. */
  readonly traces: SessionTraces | undefined;
}

/**
 * Watches what a Postgres client sends: finds the commands, has them ruled on, writes them down,
 * and says which bytes may go on. It is NOT a validator: what the target would refuse goes to the
 * target; and it changes no byte but those of a command that is denied. After a refusal nothing
 * more may go on.
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
  /** What goes to the target in place of the message that is looked at. */
  private substitute: Buffer | undefined;
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
    if (this.refusal !== undefined) return;
    if (this.substitute !== undefined) {
      this.takeSeen();
      this.from = end;
      this.pieces.push(this.substitute);
      this.substitute = undefined;
    }
    this.seen = end;
  }

  message(type: number, body: Buffer, end: number): void {
    this.takeSeen();
    this.understand(type, body);
    if (this.refusal !== undefined) return;
    this.pieces.push(this.substitute ?? withHeader(body));
    this.substitute = undefined;
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
      case parse:
        this.parse(body);
        break;
      case bind:
        this.bind(body);
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
    this.submit(
      {
        kind: 'query',
        statementName: '',
        parameters: 0,
        endsAt: 'ready',
        deallocates: deallocatedName(text),
        contents: () => [recorder.note('text', text)],
      },
      this.rule(() => [text]),
    );
  }

  /** Int32(function), then what a Bind has too: formats and arguments. */
  private functionCall(body: Buffer): void {
    const { recorder } = this.options;
    const called = body.length < OID_BYTES ? '' : `function ${body.readUInt32BE(0)}`;
    const values = body.subarray(OID_BYTES);
    const { parameters, end } = bindFields(values);
    this.submit(
      {
        kind: 'function-call',
        statementName: called,
        parameters,
        endsAt: 'ready',
        contents: () => [recorder.note('binds', values.subarray(0, end))],
      },
      this.rule(() => [undefined]),
    );
  }

  /** The target plans at a Bind, which may run functions: what is denied is denied at its Parse. */
  private parse(body: Buffer): void {
    const name = cString(body, 0);
    const text = name === undefined ? undefined : cString(body, name.length + 1);
    const decision = this.rule(() => [this.prepared.preparedText(body)]);
    if (decision.effect === 'allow') {
      this.prepared.understand(parse, body);
      return;
    }
    const statementName = name?.toString('latin1') ?? '';
    this.prepared.denied('parse', statementName);
    this.submit(
      {
        kind: 'prepare',
        statementName,
        parameters: 0,
        endsAt: 'complete',
        contents: () => [this.options.recorder.note('text', text ?? body)],
      },
      decision,
    );
  }

  /** The target plans by what names mean by now; all that was sent of a Bind are values. */
  private bind(body: Buffer): void {
    const statements = this.prepared.bound(body);
    const decision = this.options.gate.rule(() => statements.map(({ text }) => text));
    if (statements.length === 0 || decision.effect === 'allow') {
      this.prepared.understand(bind, body);
      return;
    }
    const portalName = cString(body, 0)?.toString('latin1') ?? '';
    this.prepared.denied('bind', portalName);
    const contents = () => statements.map(({ note }) => note.text);
    const kind = 'bind';
    this.submit(
      { kind, statementName: portalName, parameters: 0, endsAt: 'complete', contents },
      decision,
    );
  }

  private execute(body: Buffer): void {
    const { recorder } = this.options;
    const { portal, statements, texts } = this.prepared.executed(body);
    this.submit(
      {
        kind: 'execute',
        statementName: portal?.statementName ?? '',
        parameters: portal?.parameters ?? 0,
        endsAt: 'complete',
        portal,
        contents: () => {
          const contents: ContentNote[] = statements.map(({ note }) => note.text);
          if (portal !== undefined && portal.parameters > 0) {
            contents.push(recorder.note('binds', portal.values, contents.length));
          }
          return contents;
        },
      },
      this.rule(() => texts),
    );
  }

  /** Of a message that comes in parts only the head is here. */
  private rule(texts: () => readonly (Buffer | undefined)[]): Decision {
    const { streamed } = this;
    return this.options.gate.rule(streamed === undefined ? texts : () => [undefined]);
  }

  private submit(command: Submission, decision: Decision): void {
    const { recorder, pending, clock, traces } = this.options;
    const trace = traces?.begin(recorder.position, command.kind);
    trace?.decided(decision.effect);
    const submittedAt = clock();
    const position = recorder.submitted(submittedFacts(command, decision), command.contents());
    const authorized = authorize(command, decision);
    if (authorized !== undefined) this.commands.push(authorized);
    else if (this.streamed === undefined) {
      this.substitute = substituteFor(command.kind, command.statementName);
      this.waits = true;
    } else {
      // All but its last byte is with the target already.
      this.refuse('denied', ruleText(decision));
      trace?.ended('denied');
      return;
    }
    if (trace !== undefined) (this.traces ??= []).push(trace);
    pending.push({
      kind: 'command',
      endsAt: command.endsAt,
      position,
      submittedAt,
      portal: command.portal,
      deallocates: command.deallocates,
      trace,
      denial: authorized === undefined ? denialOf(decision) : undefined,
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
