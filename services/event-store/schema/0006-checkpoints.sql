-- The range of the log that is being projected: noted before its rows are inserted, repeated to the letter
-- after a crash. Rows below it are in the tables.
CREATE TABLE IF NOT EXISTS {database}.checkpoints{suffix}
(
    topic LowCardinality(String),
    log_partition UInt32,
    from_offset UInt64,
    until_offset UInt64,
    noted_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(until_offset)
ORDER BY (topic, log_partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
