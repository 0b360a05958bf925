-- The first failed response between two positions.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String}
    AND position > {after:UInt64} AND position < {until:UInt64}
    AND type = 'response.completed' AND status = 'error'
ORDER BY position
LIMIT 1
