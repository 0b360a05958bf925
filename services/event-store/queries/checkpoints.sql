-- The last range that was noted, of each partition of a topic.
SELECT
    c.log_partition AS log_partition,
    argMax(c.from_offset, c.until_offset) AS from_offset,
    max(c.until_offset) AS until_offset
FROM {checkpoints:Identifier} AS c
WHERE c.topic = {topic:String}
GROUP BY c.log_partition
