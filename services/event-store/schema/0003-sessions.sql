-- One row per session after merging; read with GROUP BY (queries/sessions.sql).
CREATE TABLE IF NOT EXISTS {database}.sessions{suffix}
(
    tenant LowCardinality(String),
    session_id String,
    identity SimpleAggregateFunction(max, String),
    target SimpleAggregateFunction(max, String),
    protocol SimpleAggregateFunction(max, String),
    database SimpleAggregateFunction(max, String),
    source SimpleAggregateFunction(max, String),
    client_program SimpleAggregateFunction(max, String),
    durability SimpleAggregateFunction(max, String),
    origin SimpleAggregateFunction(max, String),
    started_at SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    last_at SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    closed SimpleAggregateFunction(max, UInt8),
    reason SimpleAggregateFunction(max, String),
    last_position SimpleAggregateFunction(max, UInt64),
    events SimpleAggregateFunction(sum, UInt64),
    gaps SimpleAggregateFunction(sum, UInt64),
    -- Positions that are held twice, by different events.
    forks SimpleAggregateFunction(sum, UInt64),
    commands SimpleAggregateFunction(sum, UInt64),
    errors SimpleAggregateFunction(sum, UInt64),
    rows SimpleAggregateFunction(sum, UInt64),
    bytes SimpleAggregateFunction(sum, UInt64),
    -- The place of the last event in the log: tells which ranges of it are in the sums.
    topic SimpleAggregateFunction(max, String),
    log_partition SimpleAggregateFunction(max, UInt32),
    log_offset SimpleAggregateFunction(max, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, session_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
