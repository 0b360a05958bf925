-- Parts of content of certain streams that came ahead of their event, which is not there yet; a
-- range that is about to be repeated is not there.
SELECT stream, position, idx, part
FROM {content:Identifier}
WHERE stream IN {streams:Array(String)}
    AND NOT (topic = {topic:String} AND log_partition = {partition:UInt32} AND log_offset >= {from:UInt64})
    AND (stream, position) NOT IN
    (
        SELECT stream, position
        FROM {events:Identifier}
        WHERE stream IN {streams:Array(String)}
            AND NOT (topic = {topic:String} AND log_partition = {partition:UInt32} AND log_offset >= {from:UInt64})
    )
