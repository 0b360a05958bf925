-- The first events of sessions.
SELECT session_id, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND stream IN {streams:Array(String)} AND position = 0
    AND type = 'session.opened'
