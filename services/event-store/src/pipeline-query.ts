import { readRows } from './queries.js';
import type { StoreReader } from './queries.js';

/** Boots that are looked at, newest first. */
const BOOT_EVENTS_MAX = 5_000;

/** What was said of a boot on a control stream. */
export interface InstanceEvent {
  readonly type: string;
  /** Whose stream it is, which is not always whom it is about. */
  readonly instance: string;
  readonly boot: string;
  /** Nanoseconds since the epoch. */
  readonly recordedAt: bigint;
  readonly raw: Buffer;
}

/** Newest first. */
export async function readInstanceEvents(reader: StoreReader): Promise<readonly InstanceEvent[]> {
  const rows = await readRows<{
    type: string;
    instance: string;
    boot: string;
    recorded: string;
    raw: string;
  }>(reader, 'instance-events', { limit: BOOT_EVENTS_MAX });
  return rows.map(({ type, instance, boot, recorded, raw }) => ({
    type,
    instance,
    boot,
    recordedAt: BigInt(recorded),
    raw: Buffer.from(raw, 'base64'),
  }));
}

export interface LastHeartbeat {
  readonly boot: string;
  /** Nanoseconds since the epoch. */
  readonly recordedAt: bigint;
  readonly raw: Buffer;
}

/** @param from nanoseconds since the epoch */
export async function readLastHeartbeats(
  reader: StoreReader,
  from: bigint,
): Promise<readonly LastHeartbeat[]> {
  const rows = await readRows<{ boot: string; recorded: string; last: string }>(
    reader,
    'last-heartbeats',
    { from },
  );
  return rows.map(({ boot, recorded, last }) => ({
    boot,
    recordedAt: BigInt(recorded),
    raw: Buffer.from(last, 'base64'),
  }));
}

/** Of one boot. */
export interface BootEvents {
  readonly boot: string;
  /** The count that its last event has. */
  readonly emitted: number;
  /** The count that the first event that is held has: above 1 where older ones expired. */
  readonly first: number;
  readonly held: number;
}

/** Times in nanoseconds since the epoch. */
export async function readBootEvents(
  reader: StoreReader,
  boots: readonly string[],
  { from, until }: { readonly from: bigint; readonly until: bigint },
): Promise<readonly BootEvents[]> {
  if (boots.length === 0) return [];
  const rows = await readRows<{ boot: string; emitted: string; first: string; held: string }>(
    reader,
    'boot-events',
    { boots, from, until },
  );
  return rows.map(({ boot, emitted, first, held }) => ({
    boot,
    emitted: Number(emitted),
    first: Number(first),
    held: Number(held),
  }));
}

export interface Troubles {
  readonly deadLetters: number;
  readonly forks: number;
  readonly gappedSessions: number;
}

export async function readTroubles(reader: StoreReader): Promise<Troubles> {
  const [row] = await readRows<{ dead_letters: string; forks: string; gapped: string }>(
    reader,
    'troubles',
    {},
  );
  return {
    deadLetters: Number(row?.dead_letters ?? 0),
    forks: Number(row?.forks ?? 0),
    gappedSessions: Number(row?.gapped ?? 0),
  };
}

export interface DiskRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Undefined where the user may not know. */
export async function readDiskRoom(reader: StoreReader): Promise<DiskRoom | undefined> {
  try {
    const [row] = await readRows<{ free: string; total: string }>(reader, 'disks', {});
    const [freeBytes, totalBytes] = [Number(row?.free ?? 0), Number(row?.total ?? 0)];
    return totalBytes === 0 ? undefined : { freeBytes, totalBytes };
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'ACCESS_DENIED')
      return undefined;
    throw error;
  }
}
