-- What was said of boots, newest first: their start and end, and what others saw of them.
SELECT type, instance, boot, toUnixTimestamp64Nano(recorded_at) AS recorded, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND startsWith(stream, 'control/')
    AND type IN ('instance.started', 'instance.stopped', 'instance.silent', 'instance.lost')
ORDER BY recorded_at DESC, stream, position DESC
LIMIT {limit:UInt64}
