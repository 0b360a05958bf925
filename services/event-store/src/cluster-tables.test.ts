import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusterStatements, onCluster, storedTable } from './cluster-tables.js';

const DIRECTORY = new URL('../schema/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, DIRECTORY), 'utf8');

describe('a table on a cluster', () => {
  it('is a replicated one on each shard, and one that stands for all', () => {
    const [local, plain, ...more] = clusterStatements(text('0006-checkpoints.sql'), 'main');
    expect(local).toContain(
      'CREATE TABLE IF NOT EXISTS {database}.checkpoints{suffix}_local ON CLUSTER `main`\n(',
    );
    expect(local).toContain(
      "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/checkpoints" +
        "{suffix}', '{replica}', until_offset)\nORDER BY (topic, log_partition)\n",
    );
    const key = 'cityHash64(topic, log_partition)';
    expect(plain).toBe(
      `CREATE TABLE IF NOT EXISTS {database}.checkpoints{suffix} ON CLUSTER \`main\`
AS {database}.checkpoints{suffix}_local
ENGINE = Distributed('main', '{database}', 'checkpoints{suffix}_local', ${key})`,
    );
    expect(more).toEqual([]);
  });

  it('remembers as many tokens, and for long', () => {
    const [local] = clusterStatements(text('0003-sessions.sql'), 'main');
    expect(local).toContain(
      "ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/sessions" +
        "{suffix}', '{replica}')\nORDER BY",
    );
    expect(local).toContain(
      'SETTINGS replicated_deduplication_window = 1000, ' +
        'replicated_deduplication_window_seconds = 31536000, fsync_after_insert = 1',
    );
  });

  it.each(readdirSync(DIRECTORY))('is known for %s', (name) => {
    const made = clusterStatements(text(name), 'main').join('\n');
    expect(made).not.toMatch(/ENGINE = (?!Replicated|Distributed)/);
    expect(made).not.toContain('non_replicated');
    expect(made.match(/ ON CLUSTER `main`/g)).toHaveLength(
      clusterStatements(text(name), 'main').length,
    );
  });

  it('is altered as both, the one with the rows first', () => {
    expect(
      clusterStatements('ALTER TABLE {database}.forks{suffix} ADD COLUMN n UInt8', 'c'),
    ).toEqual([
      'ALTER TABLE {database}.forks{suffix}_local ON CLUSTER `c` ADD COLUMN n UInt8',
      'ALTER TABLE {database}.forks{suffix} ON CLUSTER `c` ADD COLUMN n UInt8',
    ]);
  });

  it('is refused where nobody said how it is spread', () => {
    const unknown =
      'CREATE TABLE IF NOT EXISTS {database}.news{suffix} (n UInt8) ENGINE = MergeTree';
    expect(() => clusterStatements(unknown, 'c')).toThrow('news');
    expect(() => clusterStatements('OPTIMIZE TABLE {database}.events', 'c')).toThrow('OPTIMIZE');
  });

  it('is named so that no name of a cluster breaks out', () => {
    const target = { database: 'steno', suffix: '_x', cluster: 'a`b\\' };
    expect(storedTable('events', target)).toBe('steno.events_x_local');
    expect(onCluster(target)).toBe(' ON CLUSTER `a\\`b\\\\`');
    expect(storedTable('events', { database: 'steno', suffix: '_x' })).toBe('steno.events_x');
    expect(onCluster({})).toBe('');
  });
});
