import {
  cString,
  bindNames,
  decodeClose,
  decodeDescribe,
  decodeParse,
  frontendType,
  isMalformed,
  nameText,
} from '@steno/wire-postgres';
import { parameterColumns } from '@steno/masking';
import type { StatementText } from '@steno/policy';
import type { Redaction } from '../../masking/redaction.js';
import type { CaptureLimits } from '../../options.js';
import type { SessionRecorder } from '../../session/recorder.js';
import { RULED_TEXT_BYTES } from '../../session/session-gate.js';
import type { SessionGate } from '../../session/session-gate.js';
import { bindFields } from './bind-fields.js';
import type { Candidates, Names } from './names.js';
import type { Pending, PendingQueue, Portal, Statement } from './pending.js';

const { bind, close, describe, parse } = frontendType;
/** Texts that an Execute names where it is not known yet which of them it runs. */
const CANDIDATES_MAX = 4;
/** Types of parameters that are kept of a statement, for estimates. */
const TYPES_MAX = 100;
/** Values of portals that a session may hold, in commands of the greatest size. */
const PORTAL_COMMANDS = 4;

/** Of statements that a session holds; what is beyond has no text for policies. */
const TEXTS_BYTES = 8 * 1024 * 1024;

const UNREADABLE: Pending = { kind: 'unreadable' };

export interface PreparedWatchOptions {
  readonly recorder: SessionRecorder;
  readonly pending: PendingQueue;
  readonly statements: Names<Statement>;
  readonly portals: Names<Portal>;
  readonly limits: CaptureLimits;
  /** Whether a portal is to be, asked before its Bind is looked for in what the target answers. */
  readonly onBind: (portal: Portal) => boolean;
  readonly gate: SessionGate;
  readonly redaction: Redaction;
  /** More is prepared than the limits allow. */
  readonly refuse: (detail: string) => void;
}

/** What an Execute is going to run. */
export interface Executed {
  /** Of the portal. */
  readonly name: string;
  readonly portal: Portal | undefined;
  /** Of those that it may run, the first few. */
  readonly statements: Candidates<Statement>;
  /** Of the statements that they were bound to. */
  readonly names: readonly string[];
  /** Of all that it may run; undefined where one is not known. */
  readonly texts: readonly (Buffer | undefined)[];
  /** The same, for policies. */
  readonly read: readonly (StatementText | undefined)[];
  /** By which it may run; undefined where it may be of a portal that has none. */
  readonly approval: string | undefined;
}

/** Watches the messages by which a client prepares what it executes, and keeps their names. */
export class PreparedWatch {
  private group = 0;
  private valueBytes = 0;
  private textBytes = 0;

  constructor(private readonly options: PreparedWatchOptions) {}

  /** After an error the target passes over what is left of a group. */
  sync(): void {
    this.group += 1;
  }

  understand(type: number, body: Buffer): void {
    switch (type) {
      case parse:
        this.parse(body);
        break;
      case bind:
        this.bind(body);
        break;
      case describe:
        this.describe(body);
        break;
      case close:
        this.close(body);
        break;
    }
  }

  executed(body: Buffer): Executed {
    const name = cString(body, 0)?.toString('latin1') ?? '';
    const portals = this.options.portals.candidates(name, this.group);
    const [portal] = portals;
    const all = statementsOf(portals);
    const statements = all.slice(0, CANDIDATES_MAX);
    const [texts, read] = [all.map(({ text }) => text), all.map((each) => each.read)];
    // A portal of a statement that was not prepared by a Parse.
    if (portals.some((each) => each.statements.length === 0)) {
      texts.push(undefined);
      read.push(undefined);
    }
    const names = distinct(portals.map(({ statementName }) => statementName));
    const isApproved = portals.every(({ approval }) => approval !== undefined);
    const approval = isApproved ? portal?.approval : undefined;
    return { name, portal, statements, names, texts, read, approval };
  }

  /** What a Parse prepares; undefined where a type of its parameters runs what nobody reads. */
  preparedText(body: Buffer): Buffer | undefined {
    const decoded = decodeParse(body);
    const { text, parameterTypes } = isMalformed(decoded) ? salvaged(body) : decoded;
    return this.options.gate.seesTypes(parameterTypes) ? text : undefined;
  }

  /** A Parse that was denied: the target gets one that it refuses. */
  denied(name: string): void {
    const of = { group: this.group, value: undefined };
    this.options.statements.ask('parse', name, of).drop(true);
  }

  private parse(body: Buffer): void {
    const { recorder, pending, limits, statements, redaction } = this.options;
    const decoded = decodeParse(body);
    // What cannot be read is kept as it came; the target will hardly take it.
    const { name, text, parameterTypes } = isMalformed(decoded) ? salvaged(body) : decoded;
    if (!statements.has(name) && statements.size >= limits.preparedStatements) {
      recorder.limitReached('preparedStatements', limits.preparedStatements);
      this.options.refuse(`${limits.preparedStatements} statements`);
      return;
    }
    const kept = redaction.command(text);
    const redacted = redaction.tally.take();
    const note = recorder.prepared({ name: nameText(name), parameterTypes, redacted }, kept);
    const seen = this.options.gate.seesTypes(parameterTypes) ? this.kept(text) : undefined;
    const parameters = parameterColumnsOf(text);
    const types = parameterTypes.length > TYPES_MAX ? undefined : parameterTypes;
    const read = this.options.gate.read(seen);
    const value: Statement = { note, text: seen, read, types, parameters, described: undefined };
    pending.push(statements.ask('parse', name, { group: this.group, value }));
  }

  /** A copy of a text, as long as policies read it and there is room. */
  private kept(text: Buffer): Buffer | undefined {
    if (text.length > RULED_TEXT_BYTES) return undefined;
    this.textBytes += text.length;
    if (this.textBytes > TEXTS_BYTES) {
      this.textBytes = text.length;
      for (const held of this.options.statements.values()) {
        this.textBytes += held.text?.length ?? 0;
      }
    }
    return this.textBytes > TEXTS_BYTES ? undefined : Buffer.from(text);
  }

  private bind(body: Buffer): void {
    const { pending, portals, statements, limits } = this.options;
    const names = bindNames(body);
    if (isMalformed(names)) {
      pending.push(UNREADABLE);
      return;
    }
    const bytes = body.subarray(names.valuesStart);
    if (!this.hasRoom(names.portal, bytes.length)) {
      this.options.recorder.limitReached('preparedStatements', limits.preparedStatements);
      this.options.refuse('portals');
      return;
    }
    // A copy: the chunk that it lies in is much larger.
    const own = Buffer.from(bytes);
    const { parameters, end, resultFormats } = bindFields(own);
    const value: Portal = {
      statementName: names.statement,
      statements: statements.candidates(names.statement, this.group),
      parameters,
      values: own.subarray(0, end),
      resultFormats,
      described: undefined,
      approval: undefined,
      quota: undefined,
    };
    const isDenied = !this.options.onBind(value);
    const naming = portals.ask('bind', names.portal, { group: this.group, value });
    if (isDenied) naming.drop(true);
    else pending.push(naming);
  }

  private hasRoom(portal: string, bytes: number): boolean {
    const { portals, limits } = this.options;
    if (!portals.has(portal) && portals.size >= limits.preparedStatements) return false;
    const bytesMax = PORTAL_COMMANDS * limits.commandBytes;
    this.valueBytes += bytes;
    if (this.valueBytes <= bytesMax) return true;
    this.valueBytes = bytes;
    for (const { values } of portals.values()) this.valueBytes += values.length;
    return this.valueBytes <= bytesMax;
  }

  private describe(body: Buffer): void {
    const { pending, portals, statements } = this.options;
    const described = decodeDescribe(body);
    if (isMalformed(described)) {
      pending.push(UNREADABLE);
      return;
    }
    const { name, kind } = described;
    const isPortal = kind === 'portal';
    pending.push({
      kind: 'describe',
      portal: isPortal ? portals.candidates(name, this.group)[0] : undefined,
      statement: isPortal ? undefined : statements.candidates(name, this.group)[0],
    });
  }

  private close(body: Buffer): void {
    const { pending, portals, statements } = this.options;
    const closed = decodeClose(body);
    if (isMalformed(closed)) {
      pending.push(UNREADABLE);
      return;
    }
    const of = { group: this.group, value: undefined };
    const names = closed.kind === 'statement' ? statements : portals;
    pending.push(names.ask('close', closed.name, of));
  }
}

/** Nearly always there is one, for which a Set is slow. */
function distinct<T>(all: readonly T[]): readonly T[] {
  return all.length > 1 ? [...new Set(all)] : all;
}

function statementsOf(portals: Candidates<Portal>): readonly Statement[] {
  const [first] = portals;
  if (portals.length === 1 && first !== undefined) return distinct(first.statements);
  return distinct(portals.flatMap(({ statements }) => statements));
}

/** Columns that parameters stand for, of a text that may have some. */
function parameterColumnsOf(text: Buffer): ReadonlyMap<number, string> | undefined {
  if (!text.includes('$') || text.length > RULED_TEXT_BYTES) return undefined;
  const columns = parameterColumns(text.toString('latin1'));
  return columns.size > 0 ? columns : undefined;
}

function salvaged(body: Buffer): { name: string; text: Buffer; parameterTypes: number[] } {
  const name = cString(body, 0);
  const text = name === undefined ? undefined : cString(body, name.length + 1);
  if (name === undefined || text === undefined) return { name: '', text: body, parameterTypes: [] };
  return { name: name.toString('latin1'), text, parameterTypes: [] };
}
