-- Of certain streams the next position and the hashes of the last events; rows from {from} on of one
-- partition are left out, as they are about to be repeated.
SELECT
    stream,
    max(position) + 1 AS next,
    arraySort(groupArraySorted({ring:UInt32})((-toInt64(position), lower(hex(hash))))) AS recent
FROM {events:Identifier}
WHERE stream IN {streams:Array(String)}
    AND NOT (topic = {topic:String} AND log_partition = {partition:UInt32} AND log_offset >= {from:UInt64})
GROUP BY stream
