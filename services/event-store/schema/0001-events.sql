-- Every event, its bytes as the owner hashed them (raw) and columns derived from them by the insert.
CREATE TABLE IF NOT EXISTS {database}.events{suffix}
(
    tenant LowCardinality(String),
    topic LowCardinality(String),
    stream String CODEC(ZSTD(1)),
    -- Empty outside session streams.
    session_id String CODEC(ZSTD(1)),
    position UInt64 CODEC(Delta, ZSTD(1)),
    type LowCardinality(String),
    version UInt16,
    identity LowCardinality(String),
    target LowCardinality(String),
    instance LowCardinality(String),
    boot LowCardinality(String),
    emitted UInt64 CODEC(Delta, ZSTD(1)),
    occurred_at DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    recorded_at DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    -- command.submitted: query, execute, ...
    kind LowCardinality(String),
    -- response.completed: the position of the command
    command UInt64 CODEC(Delta, ZSTD(1)),
    -- response.completed: ok, error, ...; session.closed: the reason
    status LowCardinality(String),
    error_code LowCardinality(String),
    rows UInt64 CODEC(T64, ZSTD(1)),
    bytes UInt64 CODEC(T64, ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    log_partition UInt32,
    log_offset UInt64 CODEC(Delta, ZSTD(1)),
    log_index UInt32 CODEC(Delta, ZSTD(1)),
    raw String CODEC(ZSTD(1)),
    hash FixedString(32) ALIAS SHA256(concat(char(0), raw)),
    INDEX log_offset_range log_offset TYPE minmax GRANULARITY 1,
    INDEX occurred_at_range occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (tenant, stream, position)
{events_ttl}
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;
