-- The last heartbeat of each boot that has reported since a time.
SELECT
    boot,
    toUnixTimestamp64Nano(max(recorded_at)) AS recorded,
    base64Encode(argMax(raw, recorded_at)) AS last
FROM events
WHERE tenant = {tenant:String} AND startsWith(stream, 'heartbeat/')
    AND recorded_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
GROUP BY boot
