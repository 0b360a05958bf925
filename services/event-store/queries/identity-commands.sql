-- The last commands of an identity since a time, the newest first, with what became of each.
WITH recent AS
(
    SELECT stream, session_id, position, target, occurred_at, raw
    FROM events
    WHERE tenant = {tenant:String}
        AND stream IN
        (
            SELECT concat('session/', s.session_id)
            FROM sessions AS s
            WHERE s.tenant = {tenant:String}
            GROUP BY s.session_id
            HAVING max(s.identity) = {identity:String}
                AND max(s.last_at) >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
            ORDER BY max(s.last_at) DESC
            LIMIT {sessions:UInt32}
        )
        AND type = 'command.submitted'
        AND occurred_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
    ORDER BY occurred_at DESC, stream DESC, position DESC
    LIMIT {limit:UInt32}
)
SELECT
    c.session_id AS session_id,
    c.target AS target,
    base64Encode(c.raw) AS raw,
    r.status AS status,
    r.error_code AS error_code
FROM recent AS c
LEFT JOIN
(
    SELECT stream, command, status, error_code
    FROM events
    WHERE tenant = {tenant:String} AND type = 'response.completed'
        AND (stream, command) IN (SELECT stream, position FROM recent)
) AS r ON r.stream = c.stream AND r.command = c.position
ORDER BY c.occurred_at DESC, c.stream DESC, c.position DESC
