import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { startEmbeddedStore } from '@steno/event-store';
import type { EventView, Topic } from '@steno/proto';
import { readBatch } from '@steno/sessions';
import { expect } from 'vitest';
import { askStore } from './running-up.js';

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
}

/** Computes a session's chain anew from what `steno events SESSION --raw --json` printed. */
export function expectChain(sessionId: string, events: readonly EventView[]): void {
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index));
  let previous = sha256('steno/v1/', `session/${sessionId}`);
  for (const { raw, hash, previousHash } of events) {
    expect(hash).toBe(sha256(Buffer.of(0), Buffer.from(raw ?? '', 'base64')));
    expect(previousHash).toBe(previous);
    previous = hash;
  }
}

/** Events by topic, in the log and in ClickHouse, of a data directory on which nothing runs. */
export async function countEvents(
  data: string,
): Promise<{ log: ReadonlyMap<string, number>; store: ReadonlyMap<string, number> }> {
  const server = await startEmbeddedStore({ directory: join(data, 'store') });
  try {
    const query = 'SELECT topic, toUInt32(count()) AS rows FROM events GROUP BY topic';
    const rows = await askStore<{ topic: string; rows: number }>(server, query);
    return {
      log: await countInLog(join(data, 'log')),
      store: new Map(rows.map(({ topic, rows: count }) => [topic, count])),
    };
  } finally {
    await server.stop();
  }
}

const TOPICS: readonly Topic[] = ['data', 'control', 'activity', 'heartbeat'];
const ALL_BYTES = 2 ** 30;

async function countInLog(directory: string): Promise<ReadonlyMap<string, number>> {
  const log = new EmbeddedLog({ directory, readOnly: true });
  const counts = new Map<string, number>();
  for (const topic of TOPICS) {
    for (const { bytes } of await log.read(topic, { partition: 0, offset: 0 }, ALL_BYTES)) {
      const records = readBatch(bytes);
      if ('malformed' in records) throw new Error(records.malformed);
      const events = records.filter(({ raw }) => raw.length > 0).length;
      counts.set(topic, (counts.get(topic) ?? 0) + events);
    }
  }
  await log.close();
  return counts;
}
