-- How many events certain boots say they have emitted up to a time, and how many are held of these.
-- Topics come at their own pace, so what is newer may lack an event that is on its way.
WITH told AS
(
    SELECT boot, max(emitted) AS emitted
    FROM events
    WHERE tenant = {tenant:String} AND boot IN {boots:Array(String)}
        AND recorded_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
        AND recorded_at <= fromUnixTimestamp64Nano({until:Int64}, 'UTC')
    GROUP BY boot
)
SELECT e.boot AS boot, any(t.emitted) AS emitted, min(e.emitted) AS first, count() AS held
FROM events AS e
INNER JOIN told AS t ON t.boot = e.boot
WHERE e.tenant = {tenant:String} AND e.boot IN {boots:Array(String)}
    AND e.recorded_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
    AND e.emitted <= t.emitted
GROUP BY e.boot
