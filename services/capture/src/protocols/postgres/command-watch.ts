import { authorize, decide } from '@steno/policy';
import type { Authorized, Command, CommandContext, Decision } from '@steno/policy';
import type { Clock, ContentNote } from '@steno/sessions';
import {
  MessageScanner,
  bindNames,
  cString,
  decodeClose,
  decodeDescribe,
  decodeParse,
  frontendType,
  isMalformed,
  nameText,
  withHeader,
} from '@steno/wire-postgres';
import type { Malformed, MessageSink } from '@steno/wire-postgres';
import type { CaptureLimits } from '../../options.js';
import type { InputKeeper } from '../../session/input-keeper.js';
import type { SessionRecorder } from '../../session/recorder.js';
import type { PostgresErrorName } from './errors.js';
import type { PendingQueue, Statement } from './pending.js';

const { bind, close, copyData, copyDone, copyFail, describe, execute, functionCall, parse } =
  frontendType;
const { query, sync, terminate } = frontendType;
const HEADER_BYTES = 5;
/** Kept of a command that is too long to be seen whole. */
const HEAD_BYTES = 32 * 1024;

interface Portal {
  readonly statement: Statement | undefined;
  readonly statementName: string;
  /** The Bind from its parameter formats on. */
  readonly values: Buffer;
  readonly resultFormats: Buffer | undefined;
}

/** Why a client's bytes end its session. */
export interface CommandRefusal {
  readonly name: PostgresErrorName;
  readonly detail: string;
}

/** What of a chunk may go to the target, in order, once the commands in it are committed. */
export interface Cleared {
  readonly pieces: Buffer[];
  readonly commands: Authorized<Command>[];
  /** COPY data ends here: strict waits for its record as well. */
  readonly waits: boolean;
  readonly leaving: boolean;
  readonly refusal: CommandRefusal | undefined;
}

export interface CommandWatchOptions {
  readonly recorder: SessionRecorder;
  readonly pending: PendingQueue;
  readonly input: InputKeeper;
  readonly clock: Clock;
  readonly limits: CaptureLimits;
  readonly context: CommandContext;
}

/**
 * Watches what a Postgres client sends: finds the commands, has them ruled on, writes them down,
 * and says which bytes may go on. It is NOT a validator: what the target would refuse goes to the
 * target; and it never changes a byte.
 */
export class CommandWatch implements MessageSink {
  private readonly scanner: MessageScanner;
  private readonly statements = new Map<string, Statement>();
  private readonly portals = new Map<string, Portal>();
  private chunk: Buffer = Buffer.alloc(0);
  /** Bytes of the chunk up to here are in `pieces`; up to `seen` they may follow. */
  private from = 0;
  private seen = 0;
  private pieces: Buffer[] = [];
  private commands: Authorized<Command>[] = [];
  private waits = false;
  private leaving = false;
  private refusal: CommandRefusal | undefined;
  private streamed: { head: Buffer[]; headBytes: number; bodyLength: number } | undefined;

  constructor(private readonly options: CommandWatchOptions) {
    this.scanner = new MessageScanner({
      side: 'frontend',
      maxMessageBytes: options.limits.messageBytes,
      wholeMessageBytes: options.limits.commandBytes,
    });
  }

  /** True while the chunks so far end inside a message. */
  get midMessage(): boolean {
    return this.scanner.midMessage;
  }

  scan(chunk: Buffer): Cleared {
    this.chunk = chunk;
    this.from = 0;
    this.seen = 0;
    this.pieces = [];
    this.commands = [];
    this.waits = false;
    const malformed: Malformed | undefined = this.scanner.scan(chunk, this);
    if (malformed !== undefined) this.refuse('protocol-violation', malformed.detail);
    this.takeSeen();
    this.chunk = Buffer.alloc(0);
    const { pieces, commands, waits, leaving, refusal } = this;
    return { pieces, commands, waits, leaving, refusal };
  }

  span(type: number, start: number, end: number): void {
    this.understand(type, this.chunk.subarray(start, end));
    this.seen = end;
  }

  message(type: number, body: Buffer, end: number): void {
    this.takeSeen();
    this.understand(type, body);
    if (this.refusal === undefined) this.pieces.push(withHeader(body));
    this.from = end;
    this.seen = end;
  }

  begin(type: number, bodyLength: number): void {
    this.takeSeen();
    const header = Buffer.alloc(HEADER_BYTES);
    header[0] = type;
    header.writeUInt32BE(bodyLength + 4, 1);
    this.pieces.push(header);
    this.streamed = { head: [], headBytes: 0, bodyLength };
  }

  part(type: number, bytes: Buffer, end: number): void {
    this.pieces.push(bytes);
    this.from = end;
    this.seen = end;
    const { streamed } = this;
    if (streamed === undefined) return;
    if (type === copyData) this.options.input.add(bytes, this.lastCommand());
    const room = HEAD_BYTES - streamed.headBytes;
    if (room <= 0) return;
    streamed.head.push(Buffer.from(bytes.subarray(0, room)));
    streamed.headBytes += Math.min(room, bytes.length);
  }

  /**
   * The target acts on a message when it has its last byte, and that is still here: it is recorded
   * in time.
   */
  end(type: number): void {
    const { streamed } = this;
    this.streamed = undefined;
    if (streamed === undefined || type === copyData) return;
    const body = Buffer.concat([...streamed.head, Buffer.alloc(1)]);
    this.options.recorder.limitReached('commandBytes', streamed.bodyLength);
    this.understand(type, body);
  }

  private understand(type: number, body: Buffer): void {
    if (this.refusal !== undefined) return;
    switch (type) {
      case query:
        this.query(body);
        break;
      case parse:
        this.parse(body);
        break;
      case bind:
        this.bind(body);
        break;
      case execute:
        this.execute(body);
        break;
      case describe:
        this.describe(body);
        break;
      case close:
        this.close(body);
        break;
      case sync:
        this.options.pending.push({ kind: 'sync' });
        break;
      case functionCall:
        this.functionCall(body);
        break;
      case copyData:
        this.options.input.add(body, this.lastCommand());
        break;
      case copyDone:
      case copyFail:
        this.options.input.flush();
        this.waits = true;
        break;
      case terminate:
        this.leaving = true;
        break;
    }
  }

  private query(body: Buffer): void {
    const text = body.subarray(0, Math.max(0, body.length - 1));
    const { recorder } = this.options;
    this.submit({ kind: 'query', statementName: '', parameters: 0, endsAt: 'ready' }, () => [
      recorder.note('text', text),
    ]);
  }

  private functionCall(body: Buffer): void {
    const { recorder } = this.options;
    this.submit(
      { kind: 'function-call', statementName: '', parameters: 0, endsAt: 'ready' },
      () => [recorder.note('binds', body)],
    );
  }

  private parse(body: Buffer): void {
    const decoded = decodeParse(body);
    if (isMalformed(decoded)) return; // the target says what is wrong with it
    const { recorder, pending, limits } = this.options;
    if (!this.statements.has(decoded.name) && this.statements.size >= limits.preparedStatements) {
      recorder.limitReached('preparedStatements', limits.preparedStatements);
      this.refuse('too-many-prepared', `${limits.preparedStatements} statements`);
      return;
    }
    const note = recorder.prepared(nameText(decoded.name), decoded.parameterTypes, decoded.text);
    const statement: Statement = { note, name: decoded.name, description: undefined };
    this.statements.set(decoded.name, statement);
    pending.push({ kind: 'parse', statement });
  }

  private bind(body: Buffer): void {
    const names = bindNames(body);
    if (isMalformed(names)) return;
    if (names.portal !== '' && this.portals.size >= this.options.limits.preparedStatements) {
      this.refuse('too-many-prepared', 'portals');
      return;
    }
    const values = Buffer.from(body.subarray(names.valuesStart));
    this.portals.set(names.portal, {
      statement: this.statements.get(names.statement),
      statementName: names.statement,
      values,
      resultFormats: resultFormats(values),
    });
  }

  private execute(body: Buffer): void {
    const portal = this.portals.get(cString(body, 0)?.toString('latin1') ?? '');
    const { recorder } = this.options;
    const values = portal?.values ?? Buffer.alloc(0);
    const command = {
      kind: 'execute',
      statementName: portal?.statementName ?? '',
      parameters: parameterCount(values),
      endsAt: 'complete' as const,
      portal,
    };
    this.submit(command, () => {
      const contents: ContentNote[] = [];
      if (portal?.statement !== undefined) contents.push(portal.statement.note.text);
      if (command.parameters > 0) contents.push(recorder.note('binds', values, contents.length));
      return contents;
    });
  }

  private describe(body: Buffer): void {
    const described = decodeDescribe(body);
    if (isMalformed(described) || described.kind === 'portal') return;
    this.options.pending.push({ kind: 'describe', statement: this.statements.get(described.name) });
  }

  private close(body: Buffer): void {
    const closed = decodeClose(body);
    if (isMalformed(closed)) return;
    (closed.kind === 'statement' ? this.statements : this.portals).delete(closed.name);
  }

  private submit(
    command: Command & {
      readonly statementName: string;
      readonly parameters: number;
      readonly endsAt: 'ready' | 'complete';
      readonly portal?: Portal | undefined;
    },
    contents: () => readonly ContentNote[],
  ): void {
    const { recorder, pending, clock, limits, context } = this.options;
    if (pending.length >= limits.pipelinedCommands) {
      recorder.limitReached('pipelinedCommands', limits.pipelinedCommands);
      this.refuse('too-many-pipelined', `${limits.pipelinedCommands} commands`);
      return;
    }
    const decision = decide(command, context);
    const submittedAt = clock();
    const position = recorder.submitted(submittedFacts(command, decision), contents());
    const authorized = authorize(command, decision);
    if (authorized === undefined) {
      this.refuse('denied', decision.rule);
      return;
    }
    this.commands.push(authorized);
    pending.push({
      kind: 'command',
      endsAt: command.endsAt,
      position,
      submittedAt,
      statement: command.portal?.statement,
      resultFormats: command.portal?.resultFormats,
    });
  }

  private lastCommand(): number | undefined {
    let last: number | undefined;
    for (const command of this.options.pending.commands()) last ??= command.position;
    return last;
  }

  private refuse(name: PostgresErrorName, detail: string): void {
    this.refusal ??= { name, detail };
  }

  private takeSeen(): void {
    if (this.seen > this.from) this.pieces.push(this.chunk.subarray(this.from, this.seen));
    this.from = this.seen;
  }
}

function submittedFacts(
  command: { kind: string; statementName: string; parameters: number },
  decision: Decision,
) {
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

/** Of a Bind from its parameter formats on: Int16(n) Int16[n] Int16(m). */
function parameterCount(values: Buffer): number {
  if (values.length < 4) return 0;
  const at = 2 + 2 * values.readUInt16BE(0);
  return values.length >= at + 2 ? values.readUInt16BE(at) : 0;
}

/**
 * The format codes at the end of a Bind, after Int16(k); undefined where all results are text, as
 * they mostly are.
 */
function resultFormats(values: Buffer): Buffer | undefined {
  if (values.length < 4) return undefined;
  let at = 4 + 2 * values.readUInt16BE(0);
  for (let left = parameterCount(values); left > 0; left -= 1) {
    if (at + 4 > values.length) return undefined;
    at += 4 + Math.max(0, values.readInt32BE(at));
  }
  const formats = values.subarray(at + 2);
  return formats.length >= 2 && formats.includes(1) ? formats : undefined;
}
