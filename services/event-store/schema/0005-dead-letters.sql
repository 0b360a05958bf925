-- Records that could not be read, with the place in the log where they stand.
CREATE TABLE {database}.dead_letters{suffix}
(
    topic LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    log_index UInt32,
    reason String,
    bytes String,
    seen_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (topic, log_partition, log_offset, log_index)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1;
