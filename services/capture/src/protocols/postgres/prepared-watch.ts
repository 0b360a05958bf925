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
import type { CaptureLimits } from '../../options.js';
import type { SessionRecorder } from '../../session/recorder.js';
import { bindFields } from './bind-fields.js';
import type { Candidates, Names } from './names.js';
import type { Pending, PendingQueue, Portal, Statement } from './pending.js';

const { bind, close, describe, parse } = frontendType;
/** Texts that an Execute names where it is not known yet which of them it runs. */
const CANDIDATES_MAX = 4;
/** Values of portals that a session may hold, in commands of the greatest size. */
const PORTAL_COMMANDS = 4;

const UNREADABLE: Pending = { kind: 'unreadable' };

export interface PreparedWatchOptions {
  readonly recorder: SessionRecorder;
  readonly pending: PendingQueue;
  readonly statements: Names<Statement>;
  readonly portals: Names<Portal>;
  readonly limits: CaptureLimits;
  /** More is prepared than the limits allow. */
  readonly refuse: (detail: string) => void;
}

/** What an Execute is going to run. */
export interface Executed {
  readonly portal: Portal | undefined;
  readonly statements: Candidates<Statement>;
}

/** Watches the messages by which a client prepares what it executes, and keeps their names. */
export class PreparedWatch {
  private group = 0;
  private valueBytes = 0;

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
    const portal = portals[0];
    if (portal === undefined || portals.length === 1) {
      return { portal, statements: portal?.statements.slice(0, CANDIDATES_MAX) ?? [] };
    }
    const statements = new Set(portals.flatMap((candidate) => candidate.statements));
    return { portal, statements: [...statements].slice(0, CANDIDATES_MAX) };
  }

  private parse(body: Buffer): void {
    const { recorder, pending, limits, statements } = this.options;
    const decoded = decodeParse(body);
    // What cannot be read is kept as it came; the target will hardly take it.
    const { name, text, parameterTypes } = isMalformed(decoded) ? salvaged(body) : decoded;
    if (!statements.has(name) && statements.size >= limits.preparedStatements) {
      recorder.limitReached('preparedStatements', limits.preparedStatements);
      this.options.refuse(`${limits.preparedStatements} statements`);
      return;
    }
    const note = recorder.prepared(nameText(name), parameterTypes, text);
    const value: Statement = { note, described: undefined };
    pending.push(statements.ask('parse', name, { group: this.group, value }));
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
    };
    pending.push(portals.ask('bind', names.portal, { group: this.group, value }));
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

function salvaged(body: Buffer): { name: string; text: Buffer; parameterTypes: number[] } {
  const name = cString(body, 0);
  const text = name === undefined ? undefined : cString(body, name.length + 1);
  if (name === undefined || text === undefined) return { name: '', text: body, parameterTypes: [] };
  return { name: name.toString('latin1'), text, parameterTypes: [] };
}
