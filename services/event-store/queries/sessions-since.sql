-- How many sessions started at a time or later.
SELECT count() AS sessions
FROM
(
    SELECT min(s.started_at) AS started
    FROM sessions AS s
    WHERE s.tenant = {tenant:String}
    GROUP BY s.session_id
)
WHERE started >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
