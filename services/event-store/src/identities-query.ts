import { create, toBinary } from '@bufbuild/protobuf';
import { SessionOpenedSchema } from '@steno/proto';
import { sessionStream } from '@steno/sessions';
import { readRows } from './queries.js';
import type { StoreReader } from './queries.js';
import { READ_LIMITS } from './read-limits.js';

/** An identity as its sessions sum up; times in nanoseconds since the epoch. */
export interface SeenIdentity {
  readonly identity: string;
  readonly firstAt: bigint;
  /** Of the last event that is there. */
  readonly lastAt: bigint;
  readonly sessions: number;
  readonly commands: number;
  readonly errors: number;
  /** That began last. */
  readonly lastSession: string;
}

/** What an identity did on one target. */
export interface IdentityTarget {
  readonly target: string;
  readonly sessions: number;
  readonly commands: number;
  readonly errors: number;
  readonly lastAt: bigint;
}

/** Commands within a quarter of an hour: what all time zones in use are whole multiples of. */
export interface QuarterActivity {
  /** Quarters of an hour since the epoch. */
  readonly quarter: number;
  readonly commands: number;
}

/** A command, and what its response says. */
export interface IdentityCommand {
  readonly sessionId: string;
  readonly target: string;
  readonly raw: Buffer;
  /** Empty: it runs, or waits. */
  readonly status: string;
  readonly errorCode: string;
}

interface Row {
  readonly identity: string;
  readonly first: string;
  readonly last: string;
  readonly sessions: string;
  readonly commands: string;
  readonly errors: string;
  readonly last_session: string;
}

interface CommandRow {
  readonly session_id: string;
  readonly target: string;
  readonly raw: string;
  readonly status: string;
  readonly error_code: string;
}

/** Identities by name, byte by byte; `text`: only those with it in their name. */
export async function readIdentities(
  reader: StoreReader,
  page: { readonly after: string; readonly text: string; readonly limit: number },
): Promise<readonly SeenIdentity[]> {
  const rows = await readRows<Row>(reader, 'identities', { ...page, name: '' });
  return rows.map(seenIdentity);
}

export async function readIdentity(
  reader: StoreReader,
  name: string,
): Promise<SeenIdentity | undefined> {
  if (name === '') return undefined;
  const parameters = { name, after: '', text: '', limit: 1 };
  const [row] = await readRows<Row>(reader, 'identities', parameters);
  return row && seenIdentity(row);
}

export async function readIdentityTargets(
  reader: StoreReader,
  identity: string,
): Promise<readonly IdentityTarget[]> {
  const rows = await readRows<Omit<Row, 'identity' | 'first'> & { target: string }>(
    reader,
    'identity-targets',
    { identity, limit: READ_LIMITS.identityTargets },
  );
  return rows.map(({ target, sessions, commands, errors, last }) => ({
    target,
    sessions: Number(sessions),
    commands: Number(commands),
    errors: Number(errors),
    lastAt: BigInt(last),
  }));
}

/** @param from nanoseconds since the epoch */
export async function readIdentityActivity(
  reader: StoreReader,
  identity: string,
  from: bigint,
): Promise<readonly QuarterActivity[]> {
  const parameters = { identity, from, limit: READ_LIMITS.identityQuarters };
  const rows = await readRows<{ quarter: string; commands: string }>(
    reader,
    'identity-activity',
    parameters,
  );
  return rows.map(({ quarter, commands }) => ({
    quarter: Number(quarter),
    commands: Number(commands),
  }));
}

/**
 * The newest first, of the sessions that it was seen in last.
 *
 * @param from nanoseconds since the epoch
 */
export async function readIdentityCommands(
  reader: StoreReader,
  identity: string,
  from: bigint,
): Promise<readonly IdentityCommand[]> {
  const { identityCommands: limit, identityCommandSessions: sessions } = READ_LIMITS;
  const rows = await readRows<CommandRow>(reader, 'identity-commands', {
    identity,
    from,
    limit,
    sessions,
  });
  return rows.map((row) => ({
    sessionId: row.session_id,
    target: row.target,
    raw: Buffer.from(row.raw, 'base64'),
    status: row.status,
    errorCode: row.error_code,
  }));
}

/**
 * When each of these fingerprints opened a session of the identity last, in their order, in
 * nanoseconds since the epoch; undefined where none is there, and for those beyond the limit.
 */
export async function readProofUses(
  reader: StoreReader,
  identity: string,
  fingerprints: readonly Uint8Array[],
): Promise<readonly (bigint | undefined)[]> {
  const looked = fingerprints.slice(0, READ_LIMITS.identityProofs);
  if (looked.length === 0) return [];
  const rows = await readRows<{ proof: number; last: string }>(reader, 'identity-proofs', {
    identity,
    proof_bytes: looked.map(proofBytes),
  });
  const found = new Map(rows.map(({ proof, last }) => [proof, BigInt(last)]));
  // Arrays of ClickHouse begin at one.
  return looked.map((_, index) => found.get(index + 1));
}

/** A fingerprint as it stands in the bytes of session.opened; in hex. */
function proofBytes(tokenFingerprint: Uint8Array): string {
  const opened = create(SessionOpenedSchema, { tokenFingerprint });
  return Buffer.from(toBinary(SessionOpenedSchema, opened)).toString('hex');
}

/** The bytes of session.opened, by session. */
export async function readOpenings(
  reader: StoreReader,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (sessionIds.length === 0) return new Map();
  const streams = sessionIds.map(sessionStream);
  const rows = await readRows<{ session_id: string; raw: string }>(reader, 'session-openings', {
    streams,
  });
  return new Map(rows.map(({ session_id: id, raw }) => [id, Buffer.from(raw, 'base64')]));
}

function seenIdentity(row: Row): SeenIdentity {
  return {
    identity: row.identity,
    firstAt: BigInt(row.first),
    lastAt: BigInt(row.last),
    sessions: Number(row.sessions),
    commands: Number(row.commands),
    errors: Number(row.errors),
    lastSession: row.last_session,
  };
}
