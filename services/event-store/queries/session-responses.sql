-- The responses to certain commands of a session.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String} AND position > {from:UInt64}
    AND type = 'response.completed' AND command IN {commands:Array(UInt64)}
ORDER BY position
