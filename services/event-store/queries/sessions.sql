-- A page of sessions, newest first; with {session} that one alone. Claims are looked for in the
-- bytes of session.opened, by {claim_bytes}, and those about people in its content. Which rows belong to a status
-- is said by src/session-status.ts, and a test compares the two. `owner` is the last word on the
-- boot that opened it: instance.silent, instance.heard, or instance.lost, which is final: {lost_ends}
-- has the offset of `boot/partition` from which on what came is late.
SELECT *
FROM
(
SELECT
    t.*,
    o.owner AS owner,
    o.owner_since AS owner_since,
    owner = 'instance.lost' AND t.log_offset
        >= {lost_ends:Map(String, UInt64)}[concat(t.boot, '/', toString(t.log_partition))] AS late
FROM
(
    SELECT
        s.session_id AS session_id,
        max(s.identity) AS identity,
        max(s.target) AS target,
        max(s.protocol) AS protocol,
        max(s.database) AS database,
        max(s.source) AS source,
        max(s.client_program) AS client_program,
        max(s.durability) AS durability,
        max(s.origin) AS origin,
        toUnixTimestamp64Nano(min(s.started_at)) AS started,
        toUnixTimestamp64Nano(max(s.last_at)) AS last,
        max(s.closed) AS closed,
        max(s.reason) AS reason,
        max(s.last_position) AS last_position,
        sum(s.events) AS events,
        sum(s.gaps) AS gaps,
        sum(s.forks) AS forks,
        sum(s.commands) AS commands,
        sum(s.errors) AS errors,
        sum(s.rows) AS rows,
        sum(s.bytes) AS bytes,
        max(s.boot) AS boot,
        max(s.log_partition) AS log_partition,
        max(s.log_offset) AS log_offset
    FROM sessions AS s
    WHERE s.tenant = {tenant:String}
        AND ({session:String} = '' OR s.session_id = {session:String})
        AND (empty({words:Array(String)}) OR s.session_id IN
        (
            SELECT c.session_id
            FROM content AS c
            WHERE c.tenant = {tenant:String}
                AND hasAllTokens(multiIf(c.kind = 'text', lower(c.bytes), ''), {words:Array(String)})
        ))
        AND (empty({claim_names:Array(String)}) OR s.session_id IN
        (
            SELECT o.session_id
            FROM
            (
                SELECT e.session_id AS session_id, arrayFilter(
                    i -> position(e.raw, unhex({claim_bytes:Array(String)}[i])) > 0,
                    arrayEnumerate({claim_names:Array(String)})) AS found
                FROM events AS e
                WHERE e.tenant = {tenant:String} AND e.position = 0 AND e.type = 'session.opened'
                UNION ALL
                SELECT c.session_id AS session_id, arrayFilter(
                    i -> JSONHas(c.bytes, {claim_names:Array(String)}[i])
                        AND JSONExtractString(c.bytes, {claim_names:Array(String)}[i])
                            = {claim_values:Array(String)}[i],
                    arrayEnumerate({claim_names:Array(String)})) AS found
                FROM content AS c
                WHERE c.tenant = {tenant:String} AND c.position = 0 AND c.kind = 'claims'
            ) AS o
            GROUP BY o.session_id
            HAVING length(groupUniqArrayArray(o.found)) = length({claim_names:Array(String)})
        ))
    GROUP BY s.session_id
) AS t
LEFT JOIN
(
    SELECT
        e.kind AS boot,
        argMax(e.type, (e.type = 'instance.lost', e.recorded_at)) AS owner,
        toUnixTimestamp64Nano(argMax(e.occurred_at, (e.type = 'instance.lost', e.recorded_at)))
            AS owner_since
    FROM events AS e
    WHERE e.tenant = {tenant:String}
        AND startsWith(e.stream, 'control/')
        AND e.type IN ('instance.silent', 'instance.heard', 'instance.lost')
    GROUP BY e.kind
) AS o ON o.boot = t.boot
)
WHERE (empty({identities:Array(String)}) OR identity IN {identities:Array(String)})
    AND (empty({targets:Array(String)}) OR target IN {targets:Array(String)})
    AND (empty({statuses:Array(String)}) OR multiIf(
        gaps > 0 OR forks > 0 OR events != last_position + 1, 'gapped',
        owner = 'instance.lost' AND (closed = 0 OR late), 'failed',
        closed = 0 AND owner = 'instance.silent', 'silent',
        closed = 0, 'open',
        reason IN {failed_reasons:Array(String)}, 'failed',
        'complete') IN {statuses:Array(String)})
    AND started >= {from:Int64}
    AND started < {to:Int64}
    AND (started, session_id) < ({before:Int64}, {before_session:String})
ORDER BY started DESC, session_id DESC
LIMIT {limit:UInt32}
