-- The events between a command and its response that hold more of an output.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String}
    AND position > {after:UInt64} AND position < {until:UInt64}
    AND type = 'output.captured'
ORDER BY position
LIMIT {limit:UInt64}
