import { create, toBinary } from '@bufbuild/protobuf';
import { SessionOpenedSchema } from '@steno/proto';
import type { SessionStatus } from '@steno/proto';
import { sessionStream } from '@steno/sessions';
import { LostBoots } from './lost-boots.js';
import { readRows } from './queries.js';
import type { StoreReader } from './queries.js';
import { READ_LIMITS } from './read-limits.js';
import { FAILED_REASONS, sessionStatus } from './session-status.js';

/** A session as its events sum up. */
export interface SessionRow {
  readonly sessionId: string;
  readonly identity: string;
  readonly target: string;
  readonly protocol: string;
  readonly database: string;
  readonly source: string;
  readonly clientProgram: string;
  readonly durability: string;
  readonly origin: string;
  /** Nanoseconds since the epoch. */
  readonly startedAt: bigint;
  /** Of the last event that is there. */
  readonly lastAt: bigint;
  readonly closed: boolean;
  readonly reason: string;
  readonly status: SessionStatus;
  /** When its owner was last heard of, nanoseconds since the epoch; 0: nothing was said of it. */
  readonly ownerSince: bigint;
  readonly lastPosition: number;
  /** From this position on its events came after its owner was declared lost. */
  readonly lateFrom: number | undefined;
  readonly events: number;
  readonly commands: number;
  readonly errors: number;
  readonly rows: number;
  readonly bytes: number;
}

/** The place after which a page goes on. */
export interface SessionCursor {
  readonly startedAt: bigint;
  readonly sessionId: string;
}

export interface Claim {
  readonly name: string;
  readonly value: string;
}

export interface SessionFilter {
  readonly identities?: readonly string[];
  readonly targets?: readonly string[];
  readonly statuses?: readonly SessionStatus[];
  /** Started at this time or later; nanoseconds since the epoch. */
  readonly from?: bigint;
  /** Started before. */
  readonly to?: bigint;
  /** Words that all occur in the text of one command, see searchWords. */
  readonly words?: readonly string[];
  /** All of which the token had. */
  readonly claims?: readonly Claim[];
  readonly before?: SessionCursor;
  readonly limit: number;
}

interface Row {
  readonly session_id: string;
  readonly identity: string;
  readonly target: string;
  readonly protocol: string;
  readonly database: string;
  readonly source: string;
  readonly client_program: string;
  readonly durability: string;
  readonly origin: string;
  readonly started: string;
  readonly last: string;
  readonly closed: number;
  readonly reason: string;
  readonly last_position: string;
  readonly events: string;
  readonly gaps: string;
  readonly forks: string;
  readonly owner: string;
  readonly owner_since: string;
  readonly late: number;
  readonly boot: string;
  readonly log_partition: number;
  readonly commands: string;
  readonly errors: string;
  readonly rows: string;
  readonly bytes: string;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Sessions, those that started last first. */
export async function readSessions(
  reader: StoreReader,
  filter: SessionFilter,
): Promise<readonly SessionRow[]> {
  return query(reader, filter, '');
}

export async function readSession(
  reader: StoreReader,
  sessionId: string,
): Promise<SessionRow | undefined> {
  if (sessionId === '') return undefined;
  const [row] = await query(reader, { limit: 1 }, sessionId);
  return row;
}

async function query(
  reader: StoreReader,
  filter: SessionFilter,
  session: string,
): Promise<SessionRow[]> {
  const lost = await LostBoots.read(reader);
  const claims = filter.claims ?? [];
  const rows = await readRows<Row>(reader, 'sessions', {
    session,
    lost_ends: lost.byPlace(),
    identities: filter.identities ?? [],
    targets: filter.targets ?? [],
    statuses: filter.statuses ?? [],
    words: filter.words ?? [],
    claim_names: claims.map(({ name }) => name),
    claim_values: claims.map(({ value }) => value),
    claim_bytes: claims.map(claimBytes),
    failed_reasons: FAILED_REASONS,
    from: filter.from ?? INT64_MIN,
    to: filter.to ?? INT64_MAX,
    before: filter.before?.startedAt ?? INT64_MAX,
    before_session: filter.before?.sessionId ?? '',
    limit: filter.limit,
  });
  const lateFrom = await readLateFrom(reader, rows, lost);
  return rows.map((row) => sessionRow(row, lateFrom.get(row.session_id)));
}

/** A claim as it stands in the bytes of session.opened, which alone has it there; in hex. */
function claimBytes({ name, value }: Claim): string {
  const opened = create(SessionOpenedSchema, { claims: [{ name, value }] });
  return Buffer.from(toBinary(SessionOpenedSchema, opened)).toString('hex');
}

/** Of those sessions that have late events: the position of the first. */
async function readLateFrom(
  reader: StoreReader,
  rows: readonly Row[],
  lost: LostBoots,
): Promise<ReadonlyMap<string, number>> {
  const ends = new Map<string, bigint>();
  for (const { session_id: id, boot, log_partition: partition, late } of rows) {
    const end = late === 1 ? lost.lateFrom(boot, partition) : undefined;
    if (end !== undefined) ends.set(sessionStream(id), end);
  }
  if (ends.size === 0) return new Map();
  const streams = [...ends.keys()];
  const found = await readRows<{ session_id: string; first: string }>(reader, 'late-events', {
    streams,
    ends,
  });
  return new Map(found.map(({ session_id: id, first }) => [id, Number(first)]));
}

function sessionRow(row: Row, lateFrom: number | undefined): SessionRow {
  const totals = {
    closed: row.closed === 1,
    reason: row.reason,
    events: Number(row.events),
    lastPosition: Number(row.last_position),
    gaps: Number(row.gaps),
    forks: Number(row.forks),
    owner: row.owner,
    late: row.late === 1,
  };
  return {
    sessionId: row.session_id,
    identity: row.identity,
    target: row.target,
    protocol: row.protocol,
    database: row.database,
    source: row.source,
    clientProgram: row.client_program,
    durability: row.durability,
    origin: row.origin,
    startedAt: BigInt(row.started),
    lastAt: BigInt(row.last),
    closed: totals.closed,
    reason: row.reason,
    status: sessionStatus(totals),
    ownerSince: BigInt(row.owner_since),
    lastPosition: totals.lastPosition,
    lateFrom,
    events: totals.events,
    commands: Number(row.commands),
    errors: Number(row.errors),
    rows: Number(row.rows),
    bytes: Number(row.bytes),
  };
}

export interface Facets {
  readonly identities: readonly string[];
  readonly targets: readonly string[];
}

/** Names that sessions can be filtered by, at most READ_LIMITS.facets of each. */
export async function readFacets(reader: StoreReader): Promise<Facets> {
  const [row] = await readRows<Facets>(reader, 'facets', { limit: READ_LIMITS.facets });
  return row ?? { identities: [], targets: [] };
}

export async function countGappedSessions(reader: StoreReader): Promise<number> {
  const [row] = await readRows<{ gapped: string }>(reader, 'gapped-sessions', {});
  return Number(row?.gapped ?? 0);
}

/** Boots that opened sessions which nobody has closed, and how many. */
export async function readOpenBoots(reader: StoreReader): Promise<ReadonlyMap<string, number>> {
  const rows = await readRows<{ boot: string; open: string }>(reader, 'open-boots', {});
  return new Map(rows.map(({ boot, open }) => [boot, Number(open)]));
}

export async function countOpenSessions(reader: StoreReader): Promise<number> {
  const [row] = await readRows<{ open: string }>(reader, 'open-sessions', {});
  return Number(row?.open ?? 0);
}

/** How many started at this time or later; nanoseconds since the epoch. */
export async function countSessionsSince(reader: StoreReader, from: bigint): Promise<number> {
  const [row] = await readRows<{ sessions: string }>(reader, 'sessions-since', { from });
  return Number(row?.sessions ?? 0);
}
