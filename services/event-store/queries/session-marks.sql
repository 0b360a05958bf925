-- What stands on the lanes of a session's timeline: the first of each lane and slice (of approvals
-- that which begins and that which ends), and how many there are in all. One event may stand on
-- several lanes; what it says there is read from its bytes where they come along.
SELECT
    position,
    occurred - {start:Int64} AS t,
    lane,
    label,
    if(lane IN ('command', 'error', 'state'), '', base64Encode(raw)) AS raw,
    sum(1) OVER () AS total
FROM
(
    SELECT
        position,
        type,
        toUnixTimestamp64Nano(occurred_at) AS occurred,
        raw,
        arrayJoin(arrayFilter(name -> name != '',
        [
            multiIf(
                type = 'command.submitted', 'command',
                type = 'response.completed' AND status = 'error', 'error',
                type = 'limit.reached', 'limit',
                type = 'gap', 'gap',
                type IN ('session.opened', 'session.closed'), 'state',
                ''),
            if(decision IN ('deny', 'hold', 'approved'), 'decision', ''),
            if(decision = 'hold' OR type = 'command.decided', 'approval', ''),
            if(masked > 0, 'mask', ''),
            if(redacted > 0, 'redaction', '')
        ])) AS lane,
        multiIf(
            type = 'command.submitted', kind,
            type = 'response.completed', error_code,
            type = 'session.opened', 'opened',
            type = 'session.closed', status,
            '') AS label
    FROM events
    WHERE tenant = {tenant:String} AND stream = {stream:String}
)
ORDER BY position
LIMIT 1 BY lane, type = 'command.decided', if(lane = 'state', position, intDiv(t, {width:Int64}))
