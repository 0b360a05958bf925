import type { Clients } from './clients.js';
import type { Installation } from './installation.js';
import type { Evidence, RecordedSession } from './judge.js';
import type { Kill } from './part.js';
import { until } from './until.js';

interface SessionRow extends Omit<RecordedSession, 'closed'> {
  readonly closed: number;
}

interface MarkerRow {
  readonly marker: string;
  readonly times: number;
}

/** What clients asked and what ClickHouse holds of it, once it has caught up or does not. */
export async function gather(
  site: Installation,
  drill: string,
  { clients, kills }: { clients: readonly Clients[]; kills: readonly Kill[] },
  deadlineMs: number,
): Promise<{ evidence: Evidence; problem: string | undefined }> {
  const statements = clients.flatMap((each) => each.statements);
  const connections = clients.flatMap((each) => each.connections);
  const strict = statements.filter(
    ({ durability, acknowledgedAt }) => durability === 'strict' && acknowledgedAt !== undefined,
  );
  const waiting = until(
    'ClickHouse has caught up',
    async () => {
      const sessions = await readSessions(site, drill);
      const there = new Set(sessions.map(({ connection }) => connection));
      if (!connections.every((name) => there.has(name))) return false;
      if (!sessions.every(({ closed }) => closed)) return false;
      const recorded = await readMarkers(site, drill);
      return strict.every(({ marker }) => recorded.has(marker));
    },
    deadlineMs,
  );
  // What it holds by then is judged, whatever it is.
  const problem = await waiting.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const evidence = {
    statements,
    kills,
    ran: await site.ran(drill),
    recorded: await readMarkers(site, drill),
    sessions: await readSessions(site, drill),
    repeatedRows: await countRepeated(site),
  };
  return { evidence, problem };
}

async function readMarkers(site: Installation, drill: string): Promise<Map<string, number>> {
  const rows = await site.store.ask<MarkerRow>(`
    SELECT extract(c.bytes, '${drill}-[a-z0-9-]+-n[0-9]+') AS marker, count() AS times
    FROM steno.content AS c
    INNER JOIN steno.events AS e ON e.stream = c.stream AND e.position = c.position
    WHERE c.kind IN ('text', 'binds') AND c.part = 0 AND e.type = 'command.submitted'
      AND position(c.bytes, '${drill}-') > 0
    GROUP BY marker`);
  return new Map(rows.map(({ marker, times }) => [marker, times]));
}

async function readSessions(site: Installation, drill: string): Promise<RecordedSession[]> {
  const rows = await site.store.ask<SessionRow>(`
    SELECT s.session_id AS session, s.client_program AS connection, s.closed AS closed,
      s.reason AS reason, s.gaps AS gaps, s.forks AS forks, s.events AS counted,
      s.last_position AS countedLast, e.rows AS rows, e.positions AS positions, e.last AS last
    FROM
    (
      SELECT session_id, max(client_program) AS client_program, max(closed) AS closed,
        max(reason) AS reason, sum(gaps) AS gaps, sum(forks) AS forks, sum(events) AS events,
        max(last_position) AS last_position
      FROM steno.sessions GROUP BY session_id
      HAVING startsWith(client_program, '${drill}-')
    ) AS s
    LEFT JOIN
    (
      SELECT session_id, count() AS rows, uniqExact(position) AS positions, max(position) AS last
      FROM steno.events GROUP BY session_id
    ) AS e ON e.session_id = s.session_id`);
  return rows.map((row) => ({ ...row, closed: row.closed === 1 }));
}

/** In all that was ever recorded, also before this drill: what comes late is not left out. */
async function countRepeated({ store }: Installation): Promise<number> {
  const rows = await store.ask<{ repeated: number }>(`
    SELECT count() - uniqExact(stream, position) AS repeated FROM steno.events
    UNION ALL
    SELECT count() - uniqExact(stream, position, idx, part) AS repeated FROM steno.content`);
  return rows.reduce((sum, { repeated }) => sum + repeated, 0);
}
