-- Events of a session from a position on, in order.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String}
    AND position >= {from:UInt64} AND position < {until:UInt64}
ORDER BY position
LIMIT {limit:UInt64}
