import type {
  CommandView,
  EventView,
  SessionDetailView,
  StatementView,
  TimelineView,
} from '@steno/proto';
import { createHash } from 'node:crypto';

/** A piece of the transcript, as the replay sends it. */
export interface Piece {
  readonly t: number;
  readonly position: number;
  readonly ansi: string;
}

export interface Statement {
  readonly text: string;
  /** Seconds from the session's start. */
  readonly at: number;
  readonly milliseconds: number;
  readonly tag?: string;
  readonly table?: readonly (readonly string[])[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly binds?: readonly (string | null)[];
  /** Of one that was held: who said what, and how long that took. */
  readonly held?: { readonly seconds: number; readonly outcome: string; readonly reason: string };
  readonly denied?: string;
  readonly masked?: CommandView['masked'];
  readonly redacted?: CommandView['redacted'];
  /** As policies saw it. */
  readonly does?: StatementView;
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const green = '\x1b[32m';
const red = '\x1b[31m';
const dim = '\x1b[2m';
const bold = '\x1b[1m';
const plain = '\x1b[0m';

/** One recorded session, growing while it is open; its answers are what the api's would be. */
export class Recording {
  readonly commands: CommandView[] = [];
  readonly pieces: Piece[] = [];
  readonly binds = new Map<number, readonly (string | null)[]>();
  readonly does = new Map<number, StatementView>();
  readonly #marks: TimelineView['marks'][number][] = [];
  #position = 0;
  endNs: number | null = null;

  constructor(readonly facts: Omit<SessionDetailView, 'head'>) {
    const { identity, target } = facts;
    this.#say(0, `${dim}-- ${identity} on ${target}${plain}\r\n`);
  }

  get position(): number {
    return this.#position;
  }

  run(statement: Statement): void {
    const { text, at, milliseconds, table, error, tag = 'SELECT' } = statement;
    const t = Math.round(at * 1e9);
    const endT = t + milliseconds * 1e6;
    const [first = '', ...others] = text.split('\n');
    const rest = others.map((line) => `\r\n${this.facts.database}-> ${line}`).join('');
    this.#say(t, `${bold}${this.facts.database}=>${plain} ${first}${rest}\r\n`);
    const position = this.#position;
    const rows = table === undefined ? 0 : table.length - 1;
    const output =
      error === undefined ? psql(table, tag) : `${red}ERROR:  ${error.message}${plain}\r\n`;
    this.#say(endT, output);
    if (statement.binds !== undefined) this.binds.set(position, statement.binds);
    if (statement.does !== undefined) this.does.set(position, statement.does);
    this.commands.push({
      position,
      responsePosition: this.#position,
      t,
      endT,
      durationNs: endT - t,
      kind: statement.binds === undefined ? 'query' : 'execute',
      text,
      textLength: text.length,
      status: error === undefined ? 'ok' : 'error',
      tags: error === undefined ? [table === undefined ? tag : `${tag} ${rows}`] : [],
      rows,
      bytes: output.length,
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
      sha256: sha(output),
      hmac: null,
      hash: sha(`${this.facts.sessionId} ${position}`),
      ...(statement.masked && { masked: statement.masked }),
      ...(statement.redacted && { redacted: statement.redacted }),
      ...(statement.denied && {
        status: 'denied',
        decision: { effect: 'deny', rule: statement.denied },
      }),
      ...(statement.held && {
        decision: {
          effect: 'hold',
          rule: 'held-writes',
          approval: `approval-${position}`,
          outcome: statement.held.outcome,
          actor: 'ann',
          reason: statement.held.reason,
        },
      }),
    });
    this.#mark(statement, position);
  }

  #mark({ at, held, denied, masked, redacted }: Statement, position: number): void {
    const t = Math.round(at * 1e9);
    const counted = (of: NonNullable<CommandView['masked']>): string =>
      of.map(({ type, count }) => `${count} ${type}`).join(', ');
    if (denied !== undefined) {
      const label = `denied by ${denied}`;
      this.#marks.push({ t, position, lane: 'decision', label, outcome: 'deny' });
    }
    if (held !== undefined) {
      const { outcome, reason, seconds } = held;
      const answered = { t: t + seconds * 1e9, position: position + 1, since: t, outcome };
      this.#marks.push(
        { t, position, lane: 'decision', label: 'held by held-writes', outcome: 'hold' },
        { t, position, lane: 'approval', label: 'approval asked for', outcome: 'waiting' },
        { ...answered, lane: 'approval', label: `${outcome} by ann: ${reason}` },
      );
    }
    if (masked) this.#marks.push({ t, position, lane: 'mask', label: counted(masked) });
    if (redacted) this.#marks.push({ t, position, lane: 'redaction', label: counted(redacted) });
  }

  close(at: number): void {
    this.endNs = at * 1e9;
    this.#say(this.endNs, `${dim}-- closed: the client disconnected${plain}\r\n`);
  }

  detail(): SessionDetailView {
    const sum = (of: (command: CommandView) => number): number =>
      this.commands.reduce((total, command) => total + of(command), 0);
    return {
      ...this.facts,
      commands: this.commands.length,
      errors: this.commands.filter(({ errorCode }) => errorCode !== null).length,
      rows: sum(({ rows }) => rows),
      bytes: sum(({ bytes }) => bytes),
      events: this.#position + 1,
      head: { position: this.#position, hash: sha(`${this.facts.sessionId} ${this.#position}`) },
    };
  }

  timeline(slices: number, nowNs: number): TimelineView {
    const durationNs = this.endNs ?? nowNs;
    const density = new Array<number>(slices).fill(0);
    for (const { t } of this.pieces) {
      const slice = Math.min(slices - 1, Math.floor((t / durationNs) * slices));
      density[slice] = (density[slice] ?? 0) + 1;
    }
    const times = [...this.pieces.map(({ t }) => t), durationNs];
    const idle = times.flatMap((t, index): [number, number][] => {
      const before = times[index - 1] ?? 0;
      return t - before > 2e9 ? [[before, t]] : [];
    });
    const marks = this.commands.flatMap(({ t, endT, position, text, errorCode, errorMessage }) => [
      { t, position, lane: 'command' as const, label: text?.slice(0, 80) ?? '' },
      ...(errorCode === null
        ? []
        : [
            {
              t: endT ?? t,
              position: position + 1,
              lane: 'error' as const,
              label: `${errorCode} ${errorMessage ?? ''}`,
            },
          ]),
    ]);
    const all = [...marks, ...this.#marks];
    return { durationNs, open: this.endNs === null, density, marks: all, marksLeftOut: 0, idle };
  }

  event(position: number): EventView | undefined {
    if (position > this.#position) return undefined;
    const command = this.commands.find((one) => one.position === position);
    const done = this.commands.find((one) => one.responsePosition === position);
    const t = this.pieces[position]?.t ?? 0;
    const at = new Date(Date.parse(this.facts.startedAt) + t / 1e6).toISOString();
    return {
      topic: 'data',
      stream: `session/${this.facts.sessionId}`,
      sessionId: this.facts.sessionId,
      position,
      type: command ? 'command.submitted' : done ? 'response.completed' : 'session.opened',
      version: 1,
      occurredAt: at,
      recordedAt: at,
      hash: sha(`${this.facts.sessionId} ${position}`),
      previousHash: sha(`${this.facts.sessionId} ${position - 1}`),
      instance: 'capture-1',
      boot: 'b1',
      emitted: position,
      contents: [],
      ...(command && { command: this.#commandFacts(command) }),
      ...(done && { response: responseFacts(done) }),
    };
  }

  #commandFacts(command: CommandView): NonNullable<EventView['command']> {
    const { position, kind, text, decision } = command;
    const { effect = 'allow', rule = 'default', approval } = decision ?? {};
    const binds = this.binds.get(position);
    const does = this.does.get(position);
    return {
      kind,
      text,
      ...(binds && { binds }),
      ...(does && { statements: [does] }),
      decision: { effect, rule, policyVersion: 'a41c9e02', ...(approval && { approval }) },
    };
  }

  #say(t: number, ansi: string): void {
    if (this.pieces.length > 0) this.#position += 1;
    this.pieces.push({ t, position: this.#position, ansi });
  }
}

function responseFacts(command: CommandView): NonNullable<EventView['response']> {
  const { errorCode, errorMessage } = command;
  return {
    command: command.position,
    status: command.status ?? 'ok',
    rows: command.rows,
    rowsAffected: 0,
    bytes: command.bytes,
    durationNs: command.durationNs ?? 0,
    tags: command.tags,
    columns: [],
    notices: 0,
    outputKept: command.bytes,
    ...(command.sha256 !== null && { sha256: command.sha256 }),
    ...(errorCode !== null && {
      error: { code: errorCode, severity: 'ERROR', message: errorMessage },
    }),
  };
}

/** psql's aligned format, with the header in bold. */
function psql(table: readonly (readonly string[])[] | undefined, tag: string): string {
  if (table === undefined) return `${green}${tag}${plain}\r\n`;
  const [head = [], ...rows] = table;
  const widths = head.map((_, x) => Math.max(...table.map((row) => row[x]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, x) => ` ${cell.padEnd(widths[x] ?? 0)} `).join('|');
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+');
  const body = rows.map((row) => `${line(row)}\r\n`).join('');
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`;
  return `${bold}${line(head)}${plain}\r\n${rule}\r\n${body}${dim}${count}${plain}\r\n\r\n`;
}
