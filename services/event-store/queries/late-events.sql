-- From which position on the events of a session came into the log at an offset or later; {ends}
-- has the offset of each stream.
SELECT session_id, min(position) AS first
FROM events
WHERE tenant = {tenant:String} AND stream IN {streams:Array(String)} AND topic = 'data'
    AND log_offset >= {ends:Map(String, UInt64)}[stream]
GROUP BY session_id
