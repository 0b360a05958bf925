-- Records that could not be read, with the time of the last event before them in their partition.
SELECT
    d.topic AS topic,
    d.log_partition AS log_partition,
    d.log_offset AS log_offset,
    d.log_index AS log_index,
    d.reason AS reason,
    length(d.bytes) AS size,
    toUnixTimestamp64Nano(e.recorded_at) AS near
FROM
(
    SELECT *
    FROM dead_letters
    WHERE {offset:Int64} < 0
        OR (topic = {topic:String} AND log_partition = {partition:UInt32} AND log_offset = {offset:Int64})
    ORDER BY topic, log_partition, log_offset, log_index
    LIMIT {limit:UInt64}
) AS d
ASOF LEFT JOIN
(
    SELECT topic, log_partition, log_offset, recorded_at
    FROM events
    WHERE (topic, log_partition) IN (SELECT topic, log_partition FROM dead_letters)
        AND log_offset <= (SELECT max(log_offset) FROM dead_letters)
) AS e
ON d.topic = e.topic AND d.log_partition = e.log_partition AND d.log_offset >= e.log_offset
ORDER BY topic, log_partition, log_offset, log_index
