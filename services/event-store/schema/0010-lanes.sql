-- What the lanes of a timeline show beside the plain columns; what was stored before has none of it
-- until a rebuild.
ALTER TABLE {database}.events{suffix}
    -- command.submitted: deny, hold, allow; approved where an approval of before lets it run
    ADD COLUMN IF NOT EXISTS decision LowCardinality(String) AFTER duration_ns,
    -- response.completed: values that the client got something else for
    ADD COLUMN IF NOT EXISTS masked UInt64 AFTER decision,
    -- values that were replaced before anything was written, of texts and inputs
    ADD COLUMN IF NOT EXISTS redacted UInt64 AFTER masked;
