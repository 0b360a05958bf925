-- Events of a session before a position, the last one first.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String} AND position < {until:UInt64}
ORDER BY position DESC
LIMIT {limit:UInt64}
