-- The hashes of the events that are held at certain places; but for a range that is about to be
-- repeated.
SELECT stream, position, lower(hex(hash)) AS hash
FROM {events:Identifier}
WHERE (stream, position) IN {places:Array(Tuple(String, UInt64))}
    AND NOT (topic = {topic:String} AND log_partition = {partition:UInt32} AND log_offset >= {from:UInt64})
