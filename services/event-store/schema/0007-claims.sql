-- Of the ranges that begin at one offset the first is noted: tokens of inserts are remembered.
ALTER TABLE {database}.checkpoints{suffix} MODIFY SETTING non_replicated_deduplication_window = 1000;
