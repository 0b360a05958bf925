import { fromBinary } from '@bufbuild/protobuf';
import {
  READ_LIMITS,
  contentWanted,
  mayHaveMore,
  readCommands,
  readCommandsOf,
  readContent,
  readOpenings,
  readSessions,
} from '@steno/event-store';
import type { ContentWanted, EventRow, SessionRow, StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { recordedClaims, sessionIdOf } from '@steno/sessions';
import type { RecordedCommand, RecordedSession } from './back-test.js';

const SESSIONS_PER_PAGE = 500;
const COMMANDS_PER_PAGE = 500;
/** Sessions whose commands are read together, where they are few. */
const SESSIONS_TOGETHER = 100;
/** Longer texts are not read by policies either. */
const TEXT_BYTES = 128 * 1024;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** A session with its commands. */
export interface StoredSession {
  readonly session: RecordedSession;
  readonly commands: AsyncIterable<readonly RecordedCommand[]>;
}

interface DecidedCommand {
  readonly stream: string;
  readonly command: RecordedCommand;
}

interface CommandPage {
  readonly commands: readonly RecordedCommand[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: number | undefined;
}

/** What was recorded, as ClickHouse has it. */
export class StoreRecordings {
  constructor(private readonly reader: StoreReader) {}

  /** Sessions from a moment on, newest first. */
  async *sessions(from: bigint): AsyncGenerator<StoredSession> {
    let before: { startedAt: bigint; sessionId: string } | undefined;
    for (;;) {
      const filter = {
        from,
        limit: SESSIONS_PER_PAGE,
        ...(before === undefined ? {} : { before }),
      };
      const rows = await readSessions(this.reader, filter);
      const recorded = await this.opened(rows);
      for (const some of together(rows)) {
        const pages = await this.firstPages(some);
        for (const { sessionId } of some) {
          const session = recorded.get(sessionId);
          if (session === undefined) continue;
          yield { session, commands: this.commands(sessionId, pages?.get(sessionId)) };
        }
      }
      before = rows.at(-1);
      if (rows.length < SESSIONS_PER_PAGE) return;
    }
  }

  /** All commands of some sessions; undefined where they are more than a page. */
  private async firstPages(
    rows: readonly SessionRow[],
  ): Promise<ReadonlyMap<string, CommandPage> | undefined> {
    const expected = rows.reduce((sum, { commands }) => sum + commands, 0);
    if (expected > COMMANDS_PER_PAGE) return undefined;
    const ids = rows.map(({ sessionId }) => sessionId);
    // One that runs may have more by now.
    const events = await readCommandsOf(this.reader, ids, COMMANDS_PER_PAGE * 2);
    if (mayHaveMore(events, COMMANDS_PER_PAGE * 2)) return undefined;
    const commands = await this.decided(events);
    const pages = new Map(
      ids.map((id) => [id, { commands: [] as RecordedCommand[], next: undefined }]),
    );
    for (const { stream, command } of commands) {
      pages.get(sessionIdOf(stream) ?? '')?.commands.push(command);
    }
    return pages;
  }

  private async *commands(
    sessionId: string,
    first: CommandPage | undefined,
  ): AsyncGenerator<readonly RecordedCommand[]> {
    let page = first ?? (await this.page(sessionId, 0));
    yield page.commands;
    while (page.next !== undefined) {
      page = await this.page(sessionId, page.next);
      yield page.commands;
    }
  }

  private async page(sessionId: string, from: number): Promise<CommandPage> {
    const range = { from, limit: COMMANDS_PER_PAGE };
    const rows = await readCommands(this.reader, sessionId, range);
    const decided = await this.decided(rows);
    return { commands: decided.map(({ command }) => command), next: nextOf(rows) };
  }

  private async decided(rows: readonly EventRow[]): Promise<readonly DecidedCommand[]> {
    const envelopes = rows.map(({ raw }) => fromBinary(EnvelopeSchema, raw)).filter(isDecided);
    const decided: DecidedCommand[] = [];
    for (const some of withinBudget(envelopes)) {
      const texts = await readContent(
        this.reader,
        some.flatMap(({ wanted }) => wanted ?? []),
      );
      for (const { envelope, wanted } of some) {
        const command = recordedCommand(envelope, wanted && texts.get(wanted));
        decided.push({ stream: envelope.stream, command });
      }
    }
    return decided;
  }

  private async opened(rows: readonly SessionRow[]): Promise<ReadonlyMap<string, RecordedSession>> {
    const openings = await readOpenings(
      this.reader,
      rows.map(({ sessionId }) => sessionId),
    );
    const envelopes = new Map(
      [...openings].map(([sessionId, raw]) => [sessionId, fromBinary(EnvelopeSchema, raw)]),
    );
    const wanted = new Map(
      [...envelopes].map(([sessionId, envelope]) => {
        return [sessionId, contentWanted(envelope, ['claims'])[0]] as const;
      }),
    );
    const found = await readContent(
      this.reader,
      [...wanted.values()].flatMap((one) => one ?? []),
    );
    return new Map(
      rows.map((row) => {
        const claims = wanted.get(row.sessionId);
        const personal = claims && found.get(claims);
        return [row.sessionId, recordedSession(row, envelopes.get(row.sessionId), personal)];
      }),
    );
  }
}

/** Sessions whose commands fit a page go together; one that has more goes alone. */
function together(rows: readonly SessionRow[]): readonly (readonly SessionRow[])[] {
  const batches: SessionRow[][] = [];
  let sum = Infinity;
  for (const row of rows) {
    const last = batches.at(-1);
    sum += row.commands;
    if (last === undefined || sum > COMMANDS_PER_PAGE || last.length >= SESSIONS_TOGETHER) {
      batches.push([row]);
      sum = row.commands;
    } else last.push(row);
  }
  return batches;
}

interface Wanting {
  readonly envelope: Envelope;
  readonly wanted: ContentWanted | undefined;
}

/** Commands whose texts may be held at the same time. */
function withinBudget(envelopes: readonly Envelope[]): readonly (readonly Wanting[])[] {
  const batches: Wanting[][] = [[]];
  let bytes = 0;
  for (const envelope of envelopes) {
    const wanted = textWanted(envelope);
    bytes += wanted?.length ?? 0;
    if (bytes > READ_LIMITS.pageContentBytes) {
      batches.push([]);
      bytes = wanted?.length ?? 0;
    }
    batches.at(-1)?.push({ envelope, wanted });
  }
  return batches;
}

function recordedSession(
  row: SessionRow,
  envelope: Envelope | undefined,
  personal: Buffer | undefined,
): RecordedSession {
  const opened = envelope?.facts.case === 'sessionOpened' ? envelope.facts.value : undefined;
  const { issuer = '', subject = '', groups = [] } = opened ?? {};
  const claims = recordedClaims(opened, personal);
  const { sessionId, target, protocol, database, source, clientProgram: program } = row;
  const identity = { name: row.identity, issuer, subject, claims, groups };
  const openedAt = milliseconds(row.startedAt);
  const encrypted = opened !== undefined && opened.tls !== '';
  return { sessionId, identity, target, protocol, database, source, program, encrypted, openedAt };
}

/** A Bind was held for its Execute, which comes as well. */
function isDecided({ facts }: Envelope): boolean {
  if (facts.case !== 'commandSubmitted') return false;
  return facts.value.decision !== undefined && facts.value.kind !== 'bind';
}

function textWanted(envelope: Envelope): ContentWanted | undefined {
  const [text] = contentWanted(envelope, ['text']);
  return text !== undefined && text.length <= TEXT_BYTES ? text : undefined;
}

function recordedCommand(
  { facts, position, occurredAt }: Envelope,
  text: Buffer | undefined,
): RecordedCommand {
  const submitted = facts.case === 'commandSubmitted' ? facts.value : undefined;
  return {
    position: Number(position),
    text: submitted?.kind === 'function-call' || text === undefined ? null : textOf(text),
    effect: submitted?.decision?.effect ?? '',
    at: milliseconds(occurredAt),
  };
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}

function textOf(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null; // nor could a capture read it
  }
}

function nextOf(rows: readonly EventRow[]): number | undefined {
  const last = rows.at(-1);
  return last !== undefined && mayHaveMore(rows, COMMANDS_PER_PAGE) ? last.position + 1 : undefined;
}
