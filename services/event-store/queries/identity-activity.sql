-- Commands of an identity since a time by weekday (Monday is 1) and hour, UTC; hours without any
-- are left out.
SELECT
    toDayOfWeek(occurred_at, 0, 'UTC') AS weekday,
    toHour(occurred_at, 'UTC') AS hour,
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
GROUP BY weekday, hour
ORDER BY weekday, hour
