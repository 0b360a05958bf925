-- The partitions of a topic that hold events.
SELECT log_partition
FROM events
WHERE tenant = {tenant:String} AND topic = {topic:String}
GROUP BY log_partition
ORDER BY log_partition
