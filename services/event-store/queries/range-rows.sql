-- How many rows a table holds of a range of the log.
SELECT count() AS rows
FROM {table:Identifier}
WHERE topic = {topic:String} AND log_partition = {partition:UInt32}
    AND log_offset >= {from:UInt64} AND log_offset < {until:UInt64}
