-- Where the rows of a topic end, by partition.
SELECT log_partition, max(log_offset) + 1 AS until_offset
FROM {events:Identifier}
WHERE topic = {topic:String}
GROUP BY log_partition
