-- Another event at a position that is taken: kept beside the first, its session is flagged.
CREATE TABLE IF NOT EXISTS {database}.forks{suffix}
(
    tenant LowCardinality(String),
    topic LowCardinality(String),
    stream String,
    position UInt64,
    log_partition UInt32,
    log_offset UInt64,
    log_index UInt32,
    raw String
)
ENGINE = MergeTree
ORDER BY (tenant, stream, position)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
