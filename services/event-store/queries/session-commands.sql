-- Commands of a session from a position on.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String} AND position >= {from:UInt64}
    AND type = 'command.submitted'
ORDER BY position
LIMIT {limit:UInt64}
