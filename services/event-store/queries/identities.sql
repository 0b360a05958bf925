-- A page of identities by name: when each was seen, and how much it did; with {name} that one alone.
SELECT
    identity,
    toUnixTimestamp64Nano(min(started)) AS first,
    toUnixTimestamp64Nano(max(last)) AS last,
    count() AS sessions,
    sum(commands) AS commands,
    sum(errors) AS errors,
    argMax(session_id, started) AS last_session
FROM
(
    SELECT
        s.session_id AS session_id,
        max(s.identity) AS identity,
        min(s.started_at) AS started,
        max(s.last_at) AS last,
        sum(s.commands) AS commands,
        sum(s.errors) AS errors
    FROM sessions AS s
    WHERE s.tenant = {tenant:String}
    GROUP BY s.session_id
)
WHERE identity != ''
    AND ({name:String} = '' OR identity = {name:String})
    AND identity > {after:String}
    AND ({text:String} = '' OR positionCaseInsensitiveUTF8(identity, {text:String}) > 0)
GROUP BY identity
ORDER BY identity
LIMIT {limit:UInt32}
