-- The responses to certain commands of a session, and what became of those that were held.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String} AND position > {from:UInt64}
    AND type IN ('response.completed', 'command.decided') AND command IN {commands:Array(UInt64)}
ORDER BY position
