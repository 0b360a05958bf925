-- The boot that opened the session: where it is silent or lost, so is the session.
ALTER TABLE {database}.sessions{suffix} ADD COLUMN IF NOT EXISTS boot SimpleAggregateFunction(max, String);
