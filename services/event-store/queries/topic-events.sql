-- Events of one partition of a topic after a place in the log, in commit order.
SELECT topic, position, stream, base64Encode(raw) AS raw, log_partition, log_offset, log_index
FROM events
WHERE tenant = {tenant:String} AND topic = {topic:String}
    AND recorded_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
    AND log_partition = {partition:UInt32}
    AND log_offset >= {offset:UInt64} AND log_offset < {until_offset:UInt64}
    AND (log_offset, log_index) > ({offset:UInt64}, {index:Int64})
ORDER BY log_offset, log_index
LIMIT {limit:UInt64}
