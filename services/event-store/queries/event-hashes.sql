-- The hashes of the events that are held at certain places; but for a range that is about to be
-- repeated. By another name: a table over shards confuses the column `hash` with what it is made
-- into under the same name.
SELECT stream, position, lower(hex(hash)) AS leaf
FROM {events:Identifier}
WHERE (stream, position) IN {places:Array(Tuple(String, UInt64))}
    AND NOT (topic = {topic:String} AND log_partition = {partition:UInt32} AND log_offset >= {from:UInt64})
