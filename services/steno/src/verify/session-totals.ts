import { eventColumns } from '@steno/event-store';
import type { EventColumns } from '@steno/event-store';
import { EVENT_TYPE } from '@steno/proto';
import { sessionIdOf, sessionStream } from '@steno/sessions';
import type { LogEvent } from './log-events.js';
import type { StoreTables } from './store-tables.js';

/** Sessions whose totals are looked at more closely. */
const CANDIDATES_MAX = 500;
const SESSION = "startsWith(stream, 'session/')";

/** What steno.sessions adds up to, and what it must add up to by the events. */
const FIELDS = [
  'identity',
  'target',
  'started_at',
  'last_at',
  'closed',
  'reason',
  'last_position',
  'events',
  'gaps',
  'commands',
  'errors',
  'rows',
  'bytes',
  'protocol',
  'database',
  'source',
  'client_program',
  'durability',
  'origin',
] as const;
const STARTED_AT = FIELDS.indexOf('started_at');

const TOTALS = `max(s.identity), max(s.target),
  toString(toUnixTimestamp64Nano(min(s.started_at))),
  toString(toUnixTimestamp64Nano(max(s.last_at))),
  toString(max(s.closed)), max(s.reason), toString(max(s.last_position)), toString(sum(s.events)),
  toString(sum(s.gaps)), toString(sum(s.commands)), toString(sum(s.errors)), toString(sum(s.rows)),
  toString(sum(s.bytes)), max(s.protocol), max(s.database), max(s.source), max(s.client_program),
  max(s.durability), max(s.origin), toString(sum(s.forks))`;
const EVENT_TOTALS = `max(e.identity), max(e.target),
  toString(toUnixTimestamp64Nano(min(e.occurred_at))),
  toString(toUnixTimestamp64Nano(max(e.occurred_at))),
  toString(max(e.type = 'session.closed')), maxIf(e.status, e.type = 'session.closed'),
  toString(max(e.position)), toString(count()), toString(countIf(e.type = 'gap')),
  toString(countIf(e.type = 'command.submitted')),
  toString(countIf(e.type = 'response.completed' AND e.status = 'error')),
  toString(sumIf(e.rows, e.type = 'response.completed')),
  toString(sumIf(e.bytes, e.type = 'response.completed')),
  base64Encode(anyIf(e.raw, e.type = 'session.opened'))`;
const OPENED_AT = 13;

/** The totals of one session, in the order of FIELDS; then forks. */
export interface Totals {
  readonly sessionId: string;
  readonly values: readonly string[];
}

/** A session whose totals in ClickHouse are not those of its events there. */
export interface OddSession {
  readonly sessionId: string;
  /** Of steno.sessions; undefined where it has no row. */
  readonly totals: readonly string[] | undefined;
  /** Of its events in ClickHouse; undefined where there are none. */
  readonly events: readonly string[] | undefined;
}

/**
 * Sessions whose totals do not agree with their events, both as ClickHouse holds them.
 *
 * @param expired sessions that began before this are passed over: their events may be gone
 */
export async function oddSessions(
  tables: StoreTables,
  forks: ReadonlyMap<string, number>,
  expired: bigint,
): Promise<readonly OddSession[]> {
  const odd: OddSession[] = [];
  const totals = totalsOf(tables)[Symbol.asyncIterator]();
  const events = eventsOf(tables, forks)[Symbol.asyncIterator]();
  let [left, right] = [await next(totals), await next(events)];
  while ((left ?? right) !== undefined && odd.length < CANDIDATES_MAX) {
    const order = compare(left, right);
    const one = order <= 0 ? left : undefined;
    const other = order >= 0 ? right : undefined;
    const sessionId = (one ?? other)?.sessionId ?? '';
    const isExpired = BigInt((one ?? other)?.values[STARTED_AT] ?? 0) < expired;
    if (!isExpired && one?.values.join('\0') !== other?.values.join('\0')) {
      odd.push({ sessionId, totals: one?.values, events: other?.values });
    }
    if (order <= 0) left = await next(totals);
    if (order >= 0) right = await next(events);
  }
  await totals.return(undefined);
  await events.return(undefined);
  return odd;
}

/** One session again, of whatever tenant its rows say they are; undefined where it agrees. */
export async function isStillOdd(
  tables: StoreTables,
  { sessionId }: OddSession,
  forks: ReadonlyMap<string, number>,
): Promise<OddSession | undefined> {
  const totals = await next(totalsOf(tables, sessionId)[Symbol.asyncIterator]());
  const events = await next(eventsOf(tables, forks, sessionId)[Symbol.asyncIterator]());
  if (totals?.values.join('\0') === events?.values.join('\0')) return undefined;
  return { sessionId, totals: totals?.values, events: events?.values };
}

/** What differs, by name; undefined where nothing does. */
export function totalsFault(
  is: readonly string[] | undefined,
  should: readonly string[] | undefined,
): string | undefined {
  if (is === undefined && should === undefined) return undefined;
  if (is === undefined) return 'steno.sessions does not have it';
  if (should === undefined) return 'steno.sessions has it, and no event of it is anywhere';
  const names = [...FIELDS, 'forks'];
  const faults = names.flatMap((name, index) =>
    is[index] === should[index]
      ? []
      : [`${name} says ${JSON.stringify(is[index])}, events say ${JSON.stringify(should[index])}`],
  );
  return faults.length === 0 ? undefined : faults.slice(0, 3).join(', ');
}

async function next(rows: AsyncIterator<Totals>): Promise<Totals | undefined> {
  const result = await rows.next();
  return result.done === true ? undefined : result.value;
}

/** As ClickHouse orders them: by bytes. A side that has ended comes last. */
function compare(left: Totals | undefined, right: Totals | undefined): number {
  if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
  return Buffer.compare(Buffer.from(left.sessionId), Buffer.from(right.sessionId));
}

async function* totalsOf(tables: StoreTables, sessionId?: string): AsyncGenerator<Totals> {
  const one = sessionId === undefined ? '' : 'WHERE s.session_id = {session:String}';
  const by = sessionId === undefined ? 's.tenant, s.session_id' : 's.session_id';
  const query = `SELECT s.session_id, ${TOTALS} FROM ${tables.database}.sessions AS s ${one}
    GROUP BY ${by} ORDER BY ${by}`;
  for await (const rows of tables.rows(query, { session: sessionId ?? '' })) {
    for (const [id = '', ...values] of rows) yield { sessionId: id, values };
  }
}

async function* eventsOf(
  tables: StoreTables,
  forks: ReadonlyMap<string, number>,
  sessionId?: string,
): AsyncGenerator<Totals> {
  const one = sessionId === undefined ? SESSION : 'stream = {stream:String}';
  const by = sessionId === undefined ? 'e.tenant, e.stream' : 'e.stream';
  const query = `SELECT e.stream, ${EVENT_TOTALS} FROM ${tables.database}.events AS e WHERE ${one}
    GROUP BY ${by} ORDER BY ${by}`;
  const parameters = { stream: sessionStream(sessionId ?? '') };
  for await (const rows of tables.rows(query, parameters)) {
    for (const [stream = '', ...values] of rows) {
      const opened = eventColumns(Buffer.from(values[OPENED_AT] ?? '', 'base64'));
      const count = String(forks.get(stream) ?? 0);
      const totals = [...values.slice(0, OPENED_AT), ...openedValues(opened), count];
      yield { sessionId: sessionIdOf(stream) ?? '', values: totals };
    }
  }
}

/** What only session.opened says; empty where it is not there or cannot be read. */
function openedValues(columns: ReturnType<typeof eventColumns> | undefined): string[] {
  const opened = columns === undefined || 'malformed' in columns ? undefined : columns.opened;
  const { protocol, database, source, clientProgram, durability, origin } = opened ?? {};
  return [protocol, database, source, clientProgram, durability, origin].map((text) => text ?? '');
}

/** The totals that some sessions must have by the log. */
export class LogTotals {
  private readonly sessions = new Map<string, Sum | undefined>();

  constructor(sessionIds: Iterable<string>) {
    for (const id of sessionIds) this.sessions.set(id, undefined);
  }

  take({ columns }: LogEvent): void {
    const id = sessionIdOf(columns.stream);
    if (id === undefined || !this.sessions.has(id)) return;
    const sum = this.sessions.get(id) ?? new Sum(columns.identity, columns.target);
    sum.add(columns);
    this.sessions.set(id, sum);
  }

  /** In the order of FIELDS, then `forks`; undefined where the log has no event of it. */
  of(sessionId: string, forks: number): readonly string[] | undefined {
    const sum = this.sessions.get(sessionId);
    return sum === undefined ? undefined : [...sum.values(), String(forks)];
  }
}

class Sum {
  private startedAt: bigint | undefined;
  private lastAt = 0n;
  private closed = false;
  private reason = '';
  private lastPosition = -1;
  private readonly counts = { events: 0, gaps: 0, commands: 0, errors: 0 };
  private rows = 0n;
  private bytes = 0n;
  private opened: string[] = openedValues(undefined);

  constructor(
    private readonly identity: string,
    private readonly target: string,
  ) {}

  add(columns: EventColumns): void {
    const { position, occurredAt, type, facts } = columns;
    // An event that is there twice adds nothing.
    if (position <= this.lastPosition) return;
    this.lastPosition = position;
    this.counts.events += 1;
    if (this.startedAt === undefined || occurredAt < this.startedAt) this.startedAt = occurredAt;
    if (occurredAt > this.lastAt) this.lastAt = occurredAt;
    if (type === EVENT_TYPE.commandSubmitted) this.counts.commands += 1;
    else if (type === EVENT_TYPE.gap) this.counts.gaps += 1;
    else if (type === EVENT_TYPE.sessionOpened) this.opened = openedValues(columns);
    else if (type === EVENT_TYPE.sessionClosed) {
      this.closed = true;
      this.reason = facts.status;
    } else if (type === EVENT_TYPE.responseCompleted) {
      this.rows += facts.rows;
      this.bytes += facts.bytes;
      if (facts.status === 'error') this.counts.errors += 1;
    }
  }

  values(): string[] {
    const { events, gaps, commands, errors } = this.counts;
    return [
      this.identity,
      this.target,
      String(this.startedAt ?? 0n),
      String(this.lastAt),
      this.closed ? '1' : '0',
      this.reason,
      ...[this.lastPosition, events, gaps, commands, errors, this.rows, this.bytes].map(String),
      ...this.opened,
    ];
  }
}
