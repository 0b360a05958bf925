-- What stands on the lanes of a session's timeline: the first of each lane and slice, and how many
-- there are in all.
SELECT
    position,
    occurred - {start:Int64} AS t,
    lane,
    label,
    if(lane IN ('limit', 'gap'), base64Encode(raw), '') AS raw,
    sum(1) OVER () AS total
FROM
(
    SELECT
        position,
        toUnixTimestamp64Nano(occurred_at) AS occurred,
        raw,
        multiIf(
            type = 'command.submitted', 'command',
            type = 'response.completed' AND status = 'error', 'error',
            type = 'limit.reached', 'limit',
            type = 'gap', 'gap',
            type IN ('session.opened', 'session.closed'), 'state',
            '') AS lane,
        multiIf(
            type = 'command.submitted', kind,
            type = 'response.completed', error_code,
            type = 'session.opened', 'opened',
            type = 'session.closed', status,
            '') AS label
    FROM events
    WHERE tenant = {tenant:String} AND stream = {stream:String}
)
WHERE lane != ''
ORDER BY position
LIMIT 1 BY lane, if(lane = 'state', position, intDiv(t, {width:Int64}))
