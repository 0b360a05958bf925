-- Of certain streams the next position and the time of the last event; rows from {from} on of one
-- partition are left out, as they are about to be repeated.
SELECT
    stream,
    max(position) + 1 AS next,
    toUnixTimestamp64Nano(max(recorded_at)) AS recorded
FROM {events:Identifier}
WHERE stream IN {streams:Array(String)}
    AND NOT (topic = {topic:String} AND log_partition = {partition:UInt32} AND log_offset >= {from:UInt64})
GROUP BY stream
