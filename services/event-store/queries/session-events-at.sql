-- Events at certain positions of a session.
SELECT topic, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String} AND position IN {positions:Array(UInt64)}
ORDER BY position
