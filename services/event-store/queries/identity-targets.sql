-- What an identity did on each target, the one that it was on last first.
SELECT
    target,
    count() AS sessions,
    sum(commands) AS commands,
    sum(errors) AS errors,
    toUnixTimestamp64Nano(max(last)) AS last
FROM
(
    SELECT
        max(s.identity) AS identity,
        max(s.target) AS target,
        max(s.last_at) AS last,
        sum(s.commands) AS commands,
        sum(s.errors) AS errors
    FROM sessions AS s
    WHERE s.tenant = {tenant:String}
    GROUP BY s.session_id
)
WHERE identity = {identity:String}
GROUP BY target
ORDER BY last DESC, target
LIMIT {limit:UInt32}
