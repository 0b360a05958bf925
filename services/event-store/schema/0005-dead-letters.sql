-- Records that could not be read, with the place in the log where they stand.
CREATE TABLE IF NOT EXISTS {database}.dead_letters{suffix}
(
    topic LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    log_index UInt32,
    reason String,
    bytes String
)
ENGINE = MergeTree
ORDER BY (topic, log_partition, log_offset, log_index)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
