import type { Decision, Naming, StatementText } from '@steno/policy';
import type { ContentNote } from '@steno/sessions';
import { MessageScanner, cString, frontendType, withHeader } from '@steno/wire-postgres';
import type { Malformed, MessageSink } from '@steno/wire-postgres';
import type { Outcome } from '../../approvals/waiting.js';
import type { InputKeeper } from '../../session/input-keeper.js';
import { bindFields } from './bind-fields.js';
import { headerOf } from './long-message.js';
import { redactBinds } from './masking/bind-values.js';
import { Clearing } from './clearing.js';
import type { Cleared, HeldPart, Scanned } from './clearing.js';
import { deallocatedName } from './deallocate.js';
import { refusalOf, substituteFor } from './denial.js';
import type { PostgresErrorName } from './errors.js';
import type { Pending, Portal } from './pending.js';
import { PreparedWatch } from './prepared-watch.js';
import type { Executed, PreparedWatchOptions } from './prepared-watch.js';
import { Submitter } from './submission.js';
import type { Held, Submission, SubmitterOptions } from './submission.js';

const {
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

const NOTHING = Buffer.alloc(0);
const NOBODY_KNOWS: readonly undefined[] = [undefined];
const SYNC: Pending = { kind: 'sync' };
const UNREADABLE: Pending = { kind: 'unreadable' };
const COPY_END: Pending = { kind: 'copy-end' };

export interface CommandWatchOptions
  extends Omit<PreparedWatchOptions, 'refuse' | 'onBind'>, SubmitterOptions {
  readonly input: InputKeeper;
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
  private readonly submitter: Submitter;
  private readonly clearing = new Clearing();
  /** What goes to the target in place of the message that is looked at. */
  private substitute: Buffer | undefined;
  /** Of the message that is looked at: it waits for people. */
  private held: Omit<Held, 'original'> | undefined;
  private chunk: Buffer = NOTHING;
  /** A message that comes in parts: its head. */
  private streamed: { head: Buffer[]; headBytes: number } | undefined;

  constructor(private readonly options: CommandWatchOptions) {
    const { limits } = options;
    this.scanner = new MessageScanner({
      side: 'frontend',
      maxMessageBytes: limits.messageBytes,
      wholeMessageBytes: limits.commandBytes,
    });
    this.submitter = new Submitter(options);
    this.prepared = new PreparedWatch({
      ...options,
      onBind: (portal) => this.bound(portal),
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

  scan(chunk: Buffer): Scanned {
    this.chunk = chunk;
    this.clearing.begin(chunk);
    const malformed: Malformed | undefined = this.scanner.scan(chunk, this);
    if (malformed !== undefined) this.refuse('protocol-violation', malformed.detail);
    this.chunk = NOTHING;
    return this.clearing.finish();
  }

  /** What may go to the target of a held command, and after it, now that people have answered. */
  release({ held, after }: HeldPart, outcome: Outcome): Cleared {
    const { piece, authorized } = this.submitter.release(held, outcome);
    const commands = authorized === undefined ? after.commands : [authorized, ...after.commands];
    return { ...after, pieces: [piece, ...after.pieces], commands, waits: true };
  }

  span(type: number, start: number, end: number): void {
    this.understand(type, this.chunk.subarray(start, end));
    if (this.clearing.isRefused) return;
    if (this.held !== undefined) this.hold(this.chunk.subarray(start - HEADER_BYTES, end), end);
    else if (this.substitute !== undefined) this.clearing.put(this.substitute, end);
    else this.clearing.pass(end);
    this.substitute = undefined;
  }

  message(type: number, body: Buffer, end: number): void {
    this.understand(type, body);
    if (this.clearing.isRefused) return;
    if (this.held !== undefined) this.hold(withHeader(body), end);
    else this.clearing.put(this.substitute ?? withHeader(body), end);
    this.substitute = undefined;
  }

  begin(type: number, bodyLength: number): void {
    if (this.clearing.isRefused) return;
    this.clearing.add(headerOf(type, bodyLength));
    this.streamed = { head: [], headBytes: 0 };
  }

  part(type: number, bytes: Buffer, end: number): void {
    const { streamed } = this;
    if (this.clearing.isRefused || streamed === undefined) return;
    this.clearing.put(bytes, end);
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
    if (this.clearing.isRefused || streamed === undefined) return;
    if (type !== copyData) {
      this.options.recorder.limitReached('commandBytes', this.options.limits.commandBytes);
      this.understand(type, Buffer.concat([...streamed.head, Buffer.alloc(1)]));
    }
    if (this.clearing.isRefused) this.clearing.keepLast();
    else this.streamed = undefined;
  }

  private understand(type: number, body: Buffer): void {
    if (this.clearing.isRefused) return;
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
      case copyData:
        this.copyData(body);
        break;
      case copyDone:
      case copyFail:
        this.options.input.end();
        if (pending.length > 0) pending.push(COPY_END);
        this.clearing.wait();
        break;
      case terminate:
        this.clearing.leave();
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
    const { recorder, redaction } = this.options;
    this.submit({
      kind: 'query',
      statementName: '',
      parameters: 0,
      endsAt: 'ready',
      deallocates: deallocatedName(text),
      texts: [text],
      types: [],
      textBytes: text.length,
      contents: () => [recorder.note('text', redaction.command(text))],
    });
  }

  /** Int32(function), then what a Bind has too: formats and arguments. */
  private functionCall(body: Buffer): void {
    const { recorder, redaction } = this.options;
    const called = body.length < OID_BYTES ? '' : `function ${body.readUInt32BE(0)}`;
    const values = body.subarray(OID_BYTES);
    const { parameters, end } = bindFields(values);
    this.submit({
      kind: 'function-call',
      statementName: called,
      parameters,
      endsAt: 'ready',
      texts: NOBODY_KNOWS,
      textBytes: 0,
      values: body,
      contents: () => [recorder.note('binds', redactBinds(values.subarray(0, end), redaction))],
    });
  }

  /**
   * The target plans at a Bind, which may run functions: what is denied is denied at its Parse, and
   * what is held is held at its Bind, which has the values as well.
   */
  private parse(body: Buffer): void {
    const name = cString(body, 0);
    const text = name === undefined ? undefined : cString(body, name.length + 1);
    const statementName = name?.toString('latin1') ?? '';
    const naming = { does: 'prepare', names: [statementName] } as const;
    const decision = this.rule(() => [this.read(this.prepared.preparedText(body))], naming);
    if (decision.effect !== 'deny') {
      this.prepared.understand(parse, body);
      return;
    }
    this.prepared.denied(statementName);
    const { recorder, redaction } = this.options;
    const contents = () => [recorder.note('text', redaction.command(text ?? body))];
    const command = { kind: 'prepare', statementName, parameters: 0, contents } as const;
    this.submit(
      { ...command, endsAt: 'complete', texts: [text], textBytes: body.length },
      decision,
    );
  }

  /**
   * The target plans at a Bind, by what names mean by then. False where it is denied: there will be
   * no such portal.
   */
  private bound(portal: Portal): boolean {
    const { statements, statementName } = portal;
    const { gate } = this.options;
    // The target refuses it by itself, unless it was prepared by SQL.
    const isNobodys = statements.length === 0 && !gate.mayBePrepared(statementName);
    if (isNobodys && !gate.mayHold) return true;
    const texts = statements.length === 0 ? NOBODY_KNOWS : statements.map(({ text }) => text);
    const read = statements.length === 0 ? NOBODY_KNOWS : statements.map((each) => each.read);
    const decision = this.rule(() => read, { does: 'execute', names: [statementName] });
    if (decision.effect === 'allow') return true;
    const command = this.execution('bind', portal, { statements, texts });
    const allowance =
      decision.effect === 'hold' ? this.submitter.allowance(command, decision) : undefined;
    portal.approval = allowance?.approval ?? this.submit(command, decision);
    return decision.effect === 'hold';
  }

  private execute(body: Buffer): void {
    const executed = this.prepared.executed(body);
    const { name, portal, names, read, approval } = executed;
    const taken = { portal: name, statement: portal?.statementName ?? '' };
    const decided = this.rule(() => read, { does: 'execute', names });
    const ruled = this.options.gate.ofNames(decided, taken);
    const isApproved = ruled.effect === 'hold' && approval !== undefined;
    const decision: Decision = isApproved
      ? { ...ruled, effect: 'allow', approval, hold: undefined }
      : ruled;
    this.submit(this.execution('execute', portal, executed), decision);
  }

  private execution(
    kind: 'bind' | 'execute',
    portal: Portal | undefined,
    { statements, texts }: Pick<Executed, 'statements' | 'texts'>,
  ): Submission {
    const { recorder, redaction } = this.options;
    return {
      kind,
      statementName: portal?.statementName ?? '',
      parameters: portal?.parameters ?? 0,
      endsAt: 'complete',
      portal,
      texts,
      types: kind === 'bind' ? statements[0]?.types : undefined,
      textBytes: Math.max(0, ...statements.map(({ note }) => note.text.length)),
      values: portal?.values,
      contents: () => {
        const contents: ContentNote[] = statements.map(({ note }) => note.text);
        if (portal !== undefined && portal.parameters > 0) {
          const columns = statements.length === 1 ? statements[0]?.parameters : undefined;
          const values = redactBinds(portal.values, redaction, columns);
          contents.push(recorder.note('binds', values, contents.length));
        }
        return contents;
      },
    };
  }

  /** Of a message that comes in parts only the head is here. */
  private rule(read: () => readonly (StatementText | undefined)[], naming?: Naming): Decision {
    return this.options.gate.rule(this.streamed === undefined ? read : () => NOBODY_KNOWS, naming);
  }

  private read(text: Buffer | undefined): StatementText | undefined {
    return this.options.gate.read(text);
  }

  private ruled({ texts }: Submission): Decision {
    return this.rule(() => texts.map((text) => this.read(text)));
  }

  /** The approval that it waits for, if it does. */
  private submit(command: Submission, ruled = this.ruled(command)): string | undefined {
    const isWhole = this.streamed === undefined;
    const submitted = this.submitter.submit(command, ruled, isWhole);
    const { decision, trace, authorized, held } = submitted;
    if (authorized !== undefined) this.clearing.command(authorized);
    else if (held !== undefined) this.held = held;
    else if (isWhole) {
      this.substitute = substituteFor(command.kind, command.statementName);
      this.clearing.wait();
    } else {
      // All but its last byte is with the target already.
      this.clearing.refuse(refusalOf(decision));
      trace?.ended('denied');
      return undefined;
    }
    if (trace !== undefined) this.clearing.trace(trace);
    return held?.waiting.approvalId;
  }

  /** What follows waits as well. */
  private hold(original: Buffer, end: number): void {
    if (this.held === undefined) return;
    // A copy: the chunk that it lies in is much larger, and people take their time.
    this.clearing.hold({ ...this.held, original: Buffer.from(original) }, end);
    this.held = undefined;
  }

  private copyData(bytes: Buffer): void {
    const { input, pending } = this.options;
    if (input.isOpen) input.add(bytes);
    else input.addFor(pending.lastCommand()?.position, bytes);
  }

  private refuse(name: PostgresErrorName, detail: string): void {
    this.clearing.refuse({ name, detail });
  }
}
