import { fromBinary } from '@bufbuild/protobuf';
import { contentWanted, readContent, readEventsAt, readHead } from '@steno/event-store';
import type { SessionRow, StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { SessionDetailView, SessionOpened, SessionView } from '@steno/proto';
import { leafHash, recordedClaims, toRfc3339 } from '@steno/sessions';

export function sessionView(row: SessionRow): SessionView {
  return {
    sessionId: row.sessionId,
    identity: row.identity,
    target: row.target,
    protocol: row.protocol,
    database: row.database,
    startedAt: toRfc3339(row.startedAt),
    endedAt: row.closed ? toRfc3339(row.lastAt) : null,
    status: row.status,
    reason: row.closed ? row.reason : null,
    commands: row.commands,
    errors: row.errors,
    rows: row.rows,
    bytes: row.bytes,
    events: row.events,
    source: row.source,
    clientProgram: row.clientProgram,
    durability: row.durability,
    origin: row.origin,
    ...(row.status === 'silent' ? { silentSince: toRfc3339(row.ownerSince) } : {}),
    ...(row.lateFrom === undefined ? {} : { lateFrom: row.lateFrom }),
  };
}

/** A session with what its first event says, as far as that is there. */
export async function readSessionDetail(
  reader: StoreReader,
  row: SessionRow,
): Promise<SessionDetailView> {
  const [[first], head] = await Promise.all([
    readEventsAt(reader, row.sessionId, [0]),
    readHead(reader, row.sessionId),
  ]);
  const envelope = first === undefined ? undefined : fromBinary(EnvelopeSchema, first.raw);
  const wanted = envelope === undefined ? [] : contentWanted(envelope, ['claims']);
  const found = await readContent(reader, wanted);
  const personal = wanted.map((one) => found.get(one))[0];
  const opened = envelope?.facts.case === 'sessionOpened' ? envelope.facts.value : undefined;
  return {
    ...sessionView(row),
    issuer: opened?.issuer ?? '',
    subject: opened?.subject ?? '',
    claims: recordedClaims(opened, personal),
    groups: opened?.groups ?? [],
    tls: opened?.tls ?? '',
    capture: opened?.capture ?? '',
    tokenExpiresAt: tokenExpiry(opened),
    targetUser: opened?.targetUser ?? '',
    credentialReference: opened?.credentialReference ?? '',
    head: {
      position: head?.position ?? row.lastPosition,
      hash: head === undefined ? '' : leafHash(head.raw),
    },
  };
}

function tokenExpiry(opened: SessionOpened | undefined): string | null {
  const at = opened?.tokenExpiresAt ?? 0n;
  return at === 0n ? null : toRfc3339(at);
}
