-- Content apart from events: it may expire or be erased, the events then still verify.
CREATE TABLE IF NOT EXISTS {database}.content{suffix}
(
    tenant LowCardinality(String),
    topic LowCardinality(String),
    stream String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    position UInt64 CODEC(Delta, ZSTD(1)),
    -- Index into the contents that the event names, and the part of that content.
    idx UInt32,
    part UInt32,
    kind LowCardinality(String),
    bytes String CODEC(ZSTD(1)),
    recorded_at DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    expiry DateTime DEFAULT {content_expiry},
    log_partition UInt32,
    log_offset UInt64 CODEC(Delta, ZSTD(1)),
    log_index UInt32 CODEC(Delta, ZSTD(1)),
    INDEX log_offset_range log_offset TYPE minmax GRANULARITY 1,
    INDEX command_words multiIf(kind = 'text', lower(bytes), '') TYPE text(tokenizer = 'splitByNonAlpha')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (tenant, stream, position, idx, part)
TTL expiry
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
