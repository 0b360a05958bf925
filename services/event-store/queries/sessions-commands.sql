-- Commands of several sessions, session by session.
SELECT topic, stream, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream IN {streams:Array(String)} AND type = 'command.submitted'
ORDER BY stream, position
LIMIT {limit:UInt64}
