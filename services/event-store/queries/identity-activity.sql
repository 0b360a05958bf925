-- Commands of an identity since a time by quarter of an hour since the epoch, UTC; quarters without
-- any are left out.
SELECT
    intDiv(toUnixTimestamp(occurred_at), 900) AS quarter,
    count() AS commands
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
    )
    AND type = 'command.submitted'
    AND occurred_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
GROUP BY quarter
ORDER BY quarter DESC
LIMIT {limit:UInt32}
